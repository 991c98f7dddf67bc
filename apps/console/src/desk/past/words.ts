import { words } from '../../shared/language.js';

const zh = {
  title: '回看',
  chip: '历史 {at} #{position} · 只读',
  now: '现在',
  slide: '拖动以回看',
  slider: '时点',
  dateTime: '日期时间',
  hourBack: '−1 小时',
  minuteBack: '−1 分',
  minuteOn: '+1 分',
  hourOn: '+1 小时',
  factBack: '前一事实',
  factOn: '后一事实',
  return: '回到现在',
  close: '收起',
} as const;

const en: Readonly<Record<keyof typeof zh, string>> = {
  title: 'Look back',
  chip: 'Past {at} #{position} · read-only',
  now: 'Now',
  slide: 'Drag to look back',
  slider: 'Moment',
  dateTime: 'Date and time',
  hourBack: '−1 h',
  minuteBack: '−1 min',
  minuteOn: '+1 min',
  hourOn: '+1 h',
  factBack: 'Fact before',
  factOn: 'Next fact',
  return: 'Back to now',
  close: 'Close',
};

export const p = words(zh, en);
