import { words } from '../../shared/language.js';

const zh = {
  title: '区级看板',
  street: '街道',
  total: '合计',
  matrix: '各街道在办案件',
  climbed: '升级案件',
  whistles: '吹哨待报到',
  supervisions: '督办待答复',
  none: '没有',
  'trigger.declared': '力所不及',
  'trigger.deadline': '时限已过',
  'trigger.rule': '清单规定',
  'trigger.grade': '案件等级',
  'trigger.returns-exhausted': '退单过多',
  'trigger.supervision': '督办',
  'trigger.vital-sign': '体征',
  'trigger.emergency-mode': '应急状态',
  opens: '{street} {list} {n} 件，打开',
} as const;

const en: Readonly<Record<keyof typeof zh, string>> = {
  title: 'Board of the district',
  street: 'Street',
  total: 'Total',
  matrix: 'Open incidents of the streets',
  climbed: 'What climbed, and why',
  whistles: 'Whistles to be answered',
  supervisions: 'Supervision to be answered',
  none: 'None',
  'trigger.declared': 'beyond ability',
  'trigger.deadline': 'a limit passed',
  'trigger.rule': 'by rule',
  'trigger.grade': 'by grade',
  'trigger.returns-exhausted': 'returned too often',
  'trigger.supervision': 'supervision',
  'trigger.vital-sign': 'vital sign',
  'trigger.emergency-mode': 'emergency mode',
  opens: '{street}, {list}: open {n}',
};

export const b = words(zh, en);
export const triggerWord = (trigger: string): string => (Object.hasOwn(zh, `trigger.${trigger}`) ? b(`trigger.${trigger}` as keyof typeof zh) : trigger);
