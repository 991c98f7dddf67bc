import { describe } from '@jest/globals';
import { journey } from './journey.js';

// Monday, 2 March, 09:00. E-01-02.1 is litter (4 工作时, the grid's own), C-01-01.1 a manhole cover that is missing (2 紧急工作时, the street's),
// C-01-01.2 one that is worn (4 工作时), E-05-01.1 a road that gave way (life safety: straight to the district).

describe('网格微循环: found and finished inside one grid', () => {
  journey('bins closed in the grid', `
    时间    何人        何事              循环  状态    限时
    09:00   网格员      上报  —                 已上报  09:15
    09:04   网格员      受理  —                 已受理  09:19
    09:06   网格员      立案 E-01-02.1    网格  已立案  09:21
    09:08   网格员      派单 工作站       网格  已派单  15:08
    09:12   网格员      承接              网格  已承接  15:08
    09:30   网格员      到场              网格  已承接  15:08
    10:05   网格员      处置              网格  已处置  16:05
    10:20   同站网格员  核查通过          网格  拒绝 duty.not-independent
    10:40   邻站网格员  核查通过          网格  已核查  无
    10:45   同站网格员  结案              网格  拒绝 duty.not-independent
    10:50   街道        结案              网格  已结案  无
    —       结果        无超期
  `);

  journey('fixed on the spot and spared by the draw', `
    时间    何人        何事                   循环  状态    限时
    09:00   网格员      就地处置 E-01-02.1     网格  已结案  无
    09:01   网格员      就地处置 E-01-02.1     网格  无事
    09:30   邻站网格员  核查通过               网格  拒绝 inspection.not-drawn
    —       结果        无超期
  `);

  journey('fixed on the spot, drawn for inspection, found undone and opened again', `
    时间    何人        何事                        循环  状态    限时
    09:00   网格员      就地处置 E-01-02.1 抽中     网格  已结案  15:00
    11:00   同站网格员  核查不通过                  网格  拒绝 duty.not-independent
    11:10   街道        核查不通过                  网格  已立案  11:25
    11:15   街道        派单 工作站                 网格  已派单  17:15
    11:20   网格员      承接                        网格  已承接  17:15
    11:50   网格员      处置                        网格  已处置  17:50
    14:30   邻站网格员  核查通过                    网格  已核查  无
    14:40   街道        结案                        网格  已结案  无
    —       结果        无超期
  `);
});

describe('街道小循环: coordinated by one street centre', () => {
  journey('a missing manhole cover, told by the hotline, through the street', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报  —                 已上报  09:15
    09:03   热线        上报              —     无事
    09:05   街道        受理  —                 已受理  09:20
    09:07   街道        立案 C-01-01.1    街道  已立案  09:22
    09:10   区中心      派单 区建管委     街道  拒绝 actor.not-the-centre
    09:11   街道        派单 街道市政     街道  已派单  11:11
    09:20   街道市政    承接              街道  已承接  11:11
    09:25   街道市政    先行联系          街道  已承接  11:11
    09:40   街道市政    到场              街道  已承接  11:11
    10:30   街道市政    处置              街道  已处置  16:30
    11:00   邻站网格员  核查通过          街道  已核查  无
    11:05   街道        结案              街道  已结案  无
    15:00   热线        回访              街道  已结案
    15:01   热线        评价 满意         街道  已结案
    —       结果        无超期
  `);

  journey('a failed inspection is rework for the unit that handled it, a second one is supervised', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:05   街道        受理
    09:07   街道        立案 C-01-01.2    街道
    09:10   街道        派单 街道市政     街道  已派单  15:10
    09:15   街道市政    承接
    09:30   街道市政    到场
    10:00   街道市政    处置              街道  已处置  16:00
    10:30   邻站网格员  核查不通过        街道  已承接  16:30
    11:00   街道市政    处置              街道  已处置  17:00
    11:30   邻站网格员  核查不通过        街道  已承接  17:30
    —       循环        督办
    14:00   街道市政    督办答复 rework:1:2
    14:30   街道市政    处置              街道  已处置  03-03 08:30
    15:00   邻站网格员  核查通过
    15:10   街道        结案              街道  已结案  无
    —       结果        无超期
  `);

  journey('a whistle with one department missing, which arrives in the end and stays late', `
    时间    何人        何事                        循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 E-04-01.1              街道  已立案  09:19
    09:06   街道        派单 街道城管               街道  已派单  03-03 09:06
    09:10   街道城管    承接                        街道  已承接  03-03 09:06
    09:20   街道        吹哨 街道市政 街道环卫      街道  已承接  03-03 09:06
    09:30   街道市政    报到                        街道  已承接
    09:31   街道市政    报到                        街道  无事
    09:32   区建管委    报到                        街道  拒绝 whistle.not-summoned
    09:50   时钟        超期(报到) 未到             街道  已承接
    10:00   街道城管    到场
    10:02   街道环卫    报到                        街道  已承接  03-03 09:06
    10:20   街道城管    处置                        街道  已处置  16:20
    10:30   街道同事    销哨
    11:00   邻站网格员  核查通过
    11:10   街道        结案                        街道  已结案  无
    —       结果        超期 报到(街道)
  `);
});

describe('市区大循环: across streets and departments, by the district and then the city', () => {
  journey('late in the grid, the street and the district, it climbs to the city and ends there', `
    时间    何人        何事                              循环  状态    限时
    09:00   网格员      上报  —                                 已上报  09:15
    09:04   网格员      受理  —                                 已受理  09:19
    09:05   网格员      立案 E-01-02.1                    网格  已立案  09:20
    09:20   时钟        超期(派单) 升级                   街道  已立案  09:35
    09:35   时钟        超期(派单) 升级                   区    已立案  09:50
    09:50   时钟        超期(派单) 升级                   市    已立案  10:05
    10:05   时钟        超期(派单)                        市    已立案  10:05
    10:13   时钟        严重超期(派单) 督办               市    已立案  10:05
    —       结果        超期 派单(网格) 派单(街道) 派单(区) 派单(市)
  `);

  journey('a road that gave way enters at the district, whatever the street may do', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 E-05-01.1    区    已立案  09:19
    09:06   街道        派单 街道市政     区    拒绝 actor.not-the-centre
    09:08   区中心      派单 街道市政     区    拒绝 dispatch.wrong-rung
    09:09   区中心      派单 区建管委     区    已派单  13:09
    09:20   区建管委    承接              区    已承接  13:09
    09:50   区建管委    到场
    12:30   区建管委    处置              区    已处置  18:00
    15:00   邻站网格员  核查通过          区    已核查
    15:10   区中心      结案              区    已结案  无
    —       结果        无超期
  `);

  journey('a serious one goes straight to the city', `
    时间    何人        何事                   循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.1 重大    市    已立案  09:19
    09:06   市中心      派单 市住建委          市    已派单  11:06
    —       结果        无超期
  `);

  journey('declared beyond ability by the street unit, taken up by the district, sent down again with a reason', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.2    街道
    09:06   街道        派单 街道市政     街道  已派单  15:06
    09:10   街道市政    承接
    09:30   街道市政    力所不及          街道
    —       循环        升级              区    已立案  09:45
    09:31   街道市政    力所不及          区    拒绝 actor.not-the-centre
    09:35   区中心      下派 街道         街道  已立案  09:50
    09:40   街道        派单 街道城管     街道  已派单  15:40
    09:45   市中心      提级 市           市    已立案  10:00
    09:50   市中心      派单 市住建委     市    已派单  15:50
    —       结果        无超期
  `);
});
