import type { Channel } from '#events';
import { nothingText } from '#metrics';
import type { Grouping } from '#metrics';
import type { City, Loop, Rung } from '#reference';

const loopNames: Readonly<Record<Loop, string>> = { grid: '网格微循环', street: '街道小循环', city: '市区大循环' };
const rungNames: Readonly<Record<Rung, string>> = { grid: '网格', street: '街道', district: '区', city: '市' };
const channelNames: Readonly<Record<Channel, string>> = { grid: '网格巡查', hotline: '12345 热线', citizen: '市民上报', sensor: '物联感知', video: '视频发现', department: '部门移送', enterprise: '企业上报' };

/** What people call a group; its code where the city in force does not know it any more. */
export const labelOf = (grouping: Grouping, key: string | null, city: City): string => {
  if (key === null) return nothingText;
  switch (grouping) {
    case 'loop':
      return loopNames[key as Loop];
    case 'rung':
      return rungNames[key as Rung];
    case 'channel':
      return channelNames[key as Channel];
    case 'unit':
      return city.unit(key)?.name ?? key;
    case 'subclass':
      return city.reference.catalogue.rules.find(({ subclassCode }) => subclassCode === key)?.subclassName ?? key;
    case 'scenario':
      return key;
    default:
      return city.place(key)?.name ?? key;
  }
};
