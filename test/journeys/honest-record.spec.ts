import { describe, expect, it } from '@jest/globals';
import { journey, tellJourney } from './journey.js';

describe('退单 and 裁定: nobody passes it on for ever', () => {
  journey('returned thrice, the district rules, and the unit named cannot return it', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.2    街道  已立案  09:19
    09:05   街道        派单 街道城管     街道  已派单  15:05
    09:15   街道城管    退单              街道  已立案  09:30
    09:20   街道        派单 街道市政     街道  已派单  15:20
    09:30   街道市政    退单              街道  已立案  09:45
    09:40   街道        派单 街道市政     街道  已派单  15:30
    09:50   街道市政    退单              街道  待裁定  15:50
    09:55   街道        派单 街道市政     街道  拒绝 incident.wrong-stage
    09:56   市中心      裁定 街道市政     街道  拒绝 actor.not-the-arbiter
    10:00   区中心      裁定 街道市政     街道  已派单  15:40
    10:05   街道市政    退单              街道  拒绝 return.after-arbitration
    10:10   街道市政    承接              街道  已承接  15:40
    10:20   街道市政    到场
    11:30   街道市政    处置              街道  已处置  17:30
    14:30   邻站网格员  核查通过
    14:40   街道        结案              街道  已结案  无
    —       结果        无超期
  `);
});

describe('延期 and 挂账: time is asked for before it is over, and granted by others', () => {
  journey('extended twice, refused the third time', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.2    街道
    09:06   街道        派单 街道市政     街道  已派单  15:06
    09:10   街道市政    承接
    09:40   街道市政    到场
    10:00   街道市政    申请延期 60分钟   街道  已承接  15:06
    10:05   街道市政    准予延期          街道  拒绝 duty.own-request
    10:10   街道        准予延期          街道  已承接  16:06
    11:00   街道市政    申请延期 300分钟  街道  已承接  16:06
    11:10   街道        准予延期          街道  已承接  03-03 11:06
    11:20   街道市政    申请延期 30分钟   街道  拒绝 extension.cap
    —       结果        无超期
  `);

  journey('a request that was refused does not count, and a late one comes too late', `
    时间         何人        何事              循环  状态    限时
    09:00        热线        上报
    09:02        街道        受理
    09:04        街道        立案 C-01-01.2    街道
    09:06        街道        派单 街道市政     街道  已派单  15:06
    09:10        街道市政    承接
    09:40        街道市政    到场
    10:00        街道市政    申请延期 60分钟
    10:10        街道        不予延期          街道  已承接  15:06
    15:06        时钟        超期(处置)        街道  已承接  15:06
    15:10        街道市政    申请延期 60分钟   街道  拒绝 clock.too-late
    15:20        街道市政    处置              街道  已处置  03-03 09:20
    15:40        邻站网格员  核查通过
    15:45        街道        结案
    16:00        街道市政    申诉 处置         街道  已结案
    16:10        街道        申诉成立 处置     街道  拒绝 actor.not-above
    03-03 09:00  区中心      申诉成立 处置     街道  已结案
    —            结果        超期 处置(街道)
  `, { policy: { climbsOn: { grid: [], street: [], district: [], city: [] } } });

  journey('suspended over a holiday, resumed by the clock, with exactly what remained', `
    时间         何人        何事                    循环  状态    限时
    09:00        热线        上报
    09:02        街道        受理
    09:04        街道        立案 C-01-01.2          街道
    09:06        街道        派单 街道市政           街道  已派单  15:06
    09:10        街道市政    承接
    09:40        街道市政    到场
    10:06        街道市政    申请挂账 03-03 18:00    街道  已承接  15:06
    10:06        街道        准予挂账                街道  已承接  03-03 18:00
    10:30        街道市政    处置                    街道  拒绝 incident.suspended
    03-03 18:00  时钟        销挂                    街道  已承接  03-05 11:00
    03-05 10:00  街道市政    处置                    街道  已处置  16:00
    03-05 10:30  邻站网格员  核查通过
    03-05 10:40  街道        结案                    街道  已结案  无
    —            结果        无超期
  `, { holidays: ['2026-03-03', '2026-03-04'] });

  journey('a second suspension is refused', `
    时间    何人        何事                    循环  状态    限时
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.2          街道
    09:06   街道        派单 街道市政           街道  已派单  15:06
    09:10   街道市政    承接
    09:30   街道市政    申请挂账 03-06 09:00
    09:36   街道        准予挂账                街道  已承接  03-06 09:00
    10:36   街道市政    销挂                    街道  已承接  16:06
    10:40   街道市政    申请挂账 03-06 09:00    街道  拒绝 suspension.cap
    —       结果        无超期
  `);
});

describe('并案, 作废 and 强制结案: nothing disappears', () => {
  journey('the later of two reports of one matter is merged, and its reporter is still called', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:05   街道        受理              —     已受理  09:20
    09:10   街道        并案 i-1          —     拒绝 merge.into-itself
    09:12   街道        并案 i-0          —     已并案  无
    09:13   街道        并案 i-0          —     无事
    15:00   热线        回访              —     已并案
    15:02   热线        评价 基本满意     —     已并案
    —       结果        无超期
  `);

  journey('the earlier one hears of it, goes on for both and shows the link', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:05   街道        受理
    09:07   街道        立案 C-01-01.2    街道  已立案  09:22
    09:10   街道        派单 街道市政     街道  已派单  15:10
    09:12   系统        关联并入 i-2      街道  已派单  15:10
    09:13   系统        关联并入 i-2      街道  无事
    —       结果        无超期
  `);

  journey('filed in error: voided by a second person, never deleted', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:05   街道        受理
    09:07   街道        立案 C-01-01.2    街道
    09:08   街道        申请作废          街道  已立案
    09:09   街道        作废              街道  拒绝 duty.own-request
    09:10   街道同事    作废              —     已作废  无
    09:11   街道        派单 街道市政     —     拒绝 incident.wrong-stage
    —       结果        无超期
  `);

  journey('what cannot be handled is closed by force: asked by the unit, approved above, counted apart', `
    时间    何人        何事              循环  状态    限时
    09:00   热线        上报
    09:05   街道        受理
    09:07   街道        立案 C-01-01.2    街道
    09:10   街道        派单 街道市政     街道
    09:15   街道市政    承接
    10:00   街道市政    强制结案          街道  拒绝 approval.nothing-asked
    10:05   街道市政    申请强制结案      街道  已承接
    10:10   街道        强制结案          街道  拒绝 actor.not-above
    10:30   区中心      强制结案          街道  已结案  无
    —       结果        无超期
  `);
});

describe('after the closing', () => {
  const closedAt1110 = `
    09:00   热线        上报
    09:02   街道        受理
    09:04   街道        立案 C-01-01.2    街道
    09:06   街道        派单 街道市政     街道  已派单  15:06
    09:10   街道市政    承接
    09:40   街道市政    到场
    10:30   街道市政    处置
    11:00   邻站网格员  核查通过
    11:10   街道        结案              街道  已结案  无`;

  journey('a bad rating opens a rectification of the unit, and cannot be talked up', `
    时间    何人        何事              循环  状态    限时${closedAt1110}
    14:00   街道市政    回访              街道  拒绝 duty.not-independent
    14:10   热线        回访 未接通       街道  已结案
    14:11   热线        评价 满意         街道  拒绝 satisfaction.not-visited
    15:00   热线        回访              街道  已结案
    15:01   热线        评价 不满意       街道  已结案  无
    —       循环        整改              街道  已结案  03-09 15:01
    15:02   热线        评价 满意         街道  拒绝 satisfaction.already-given
    16:00   街道城管    整改完成          街道  拒绝 rectification.not-yours
    17:00   街道市政    整改完成          街道  已结案  无
    —       结果        无超期
  `);

  journey('it came back: reopened, worked again, and the first closing stays', `
    时间         何人        何事              循环  状态    限时${closedAt1110}
    03-09 09:00  街道        重开              街道  已立案  09:15
    03-09 09:05  街道        派单 街道市政     街道  已派单  15:05
    03-09 09:10  街道市政    承接
    03-09 09:30  街道市政    到场
    03-09 10:00  街道市政    处置              街道  已处置  16:00
    03-09 10:30  邻站网格员  核查通过
    03-09 10:40  街道        结案              街道  已结案  无
    04-30 09:00  街道        重开              街道  拒绝 reopen.too-late
    —            结果        无超期
  `);

  journey('reopened after the citizen’s limit: the citizen waited from the first report on', `
    时间         何人        何事              循环  状态    限时${closedAt1110}
    03-24 09:00  街道        重开              街道  已立案  09:15
    03-24 09:01  时钟        超期(全程)        街道  已立案  09:15
    —            结果        超期 全程(街道)
  `);
});

describe('a phone without network', () => {
  journey('reports when it is back: clocks run from the recording, and sending it twice is one report', `
    时间    何人        何事              循环  状态    限时
    10:40   网格员      上报              —     已上报  10:55
    10:41   网格员      上报              —     无事
    10:50   街道        受理              —     已受理  11:05
    —       结果        无超期
  `);
});

describe('a journey that is not so', () => {
  const story = (lines: string): (() => void) => () => tellJourney(`\n时间  何人  何事  循环  状态  限时\n${lines}\n—  结果  无超期\n`);

  it('is told from one that is, at its first wrong line', () => {
    expect(story('09:00  热线  上报  —  已上报  09:15')).not.toThrow();
    expect(story('09:00  热线  上报  —  已受理')).toThrow('状态: the table says «已受理», it is «已上报»');
    expect(story('09:00  热线  上报  —  已上报  09:16')).toThrow('限时: the table says «09:16», it is «09:15»');
    expect(story('09:00  热线  上报  —  拒绝 place.unknown-grid')).toThrow('状态');
    expect(story('09:00  热线  上报  —  无事')).toThrow('it was recorded');
    expect(story('09:00  热线  上报\n09:00  热线  上报')).toThrow('it already held');
    expect(story('09:00  热线  受理')).toThrow('it was refused: incident.unknown');
    expect(story('09:00  路人  上报')).toThrow('nobody is called «路人»');
    expect(story('09:00  热线  起飞')).toThrow('«起飞» is not something that 热线 does');
    expect(story('09:00  热线  上报\n10:00  街道  受理')).toThrow('before this «超期(受理) 严重超期(受理)» passed');
    expect(story('09:00  热线  上报\n09:20  时钟  超期(处置)')).toThrow('何事: the table says «超期(处置)», it is «超期(受理)»');
    expect(story('09:00  热线  上报\n09:20  时钟  超期(受理)')).toThrow('何事: the table says «无超期», it is «超期 受理(街道)»');
    expect(() => tellJourney('\n时间  何人  何事  循环  状态  限时\n09:00  热线  上报\n')).toThrow('ends with its result');
  });

  it('is told when the loops answered what it does not say', () => {
    expect(story('09:00  热线  上报\n09:01  街道  受理\n09:02  街道  立案 C-01-01.2\n09:03  街道  派单 街道市政\n09:04  街道市政  力所不及')).toThrow('the loops answered «升级»');
  });
});
