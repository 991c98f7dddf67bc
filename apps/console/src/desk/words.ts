import { words } from '../shared/language.js';

const zh = {
  'nav.label': '主导航',
  'nav.desk': '派单台',
  'nav.district': '看板',
  'nav.figures': '指标',
  'nav.evidence': '存证',
  'nav.admin': '管理',
  position: '事实 #{position}',
  lookBack: '回看',
  skip: '跳到正文',
  report: '上报',
} as const;

const en: Readonly<Record<keyof typeof zh, string>> = {
  'nav.label': 'Main',
  'nav.desk': 'Desk',
  'nav.district': 'Board',
  'nav.figures': 'Figures',
  'nav.evidence': 'Evidence',
  'nav.admin': 'Admin',
  position: 'Fact #{position}',
  lookBack: 'Look back',
  skip: 'Skip to content',
  report: 'Report',
};

export const d = words(zh, en);
