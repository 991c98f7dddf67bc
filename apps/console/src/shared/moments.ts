import { computed } from 'vue';
import { language } from './language.js';

/** Moments are shown in the city's own zone, wherever the device is. */
const timeZone = 'Asia/Shanghai';

const formats = computed(() => {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone, hourCycle: 'h23', ...options });
  return {
    full: format({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    short: format({ month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }),
    time: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: format({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  };
});

export const shownMoment = (moment: string | number | null, kind: 'full' | 'short' | 'time' | 'day' = 'short'): string =>
  moment === null ? '—' : formats.value[kind].format(new Date(moment)).replace(',', '');

const two = (value: number): string => String(value).padStart(2, '0');

/** A span as a watch shows it: `04:09`, `1:04:09`, and beyond two days `3 天 04:09`. */
export const shownSpan = (spanMs: number): string => {
  const seconds = Math.floor(Math.abs(spanMs) / 1_000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (days >= 2) return language.value === 'en' ? `${days} d ${two(hours % 24)}:${two(minutes)}` : `${days} 天 ${two(hours % 24)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
};

/** A span in one word: `9 分钟`, `3 小时`. */
export const roughSpan = (spanMs: number): string => {
  const seconds = Math.max(0, Math.round(spanMs / 1_000));
  const minutes = Math.round(seconds / 60);
  const [value, unit] = seconds < 60 ? [seconds, 'second'] : minutes < 60 ? [minutes, 'minute'] : minutes < 48 * 60 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1_440), 'day'];
  return new Intl.NumberFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { style: 'unit', unit: unit as 'minute', unitDisplay: language.value === 'en' ? 'short' : 'long' }).format(value as number);
};
