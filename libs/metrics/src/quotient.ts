/** What stands where there is nothing to divide by: neither 0 % nor 100 %. */
export const nothingText = '—';

/** Whole division of whole numbers, rounded half up, without ever leaving whole numbers. */
const divided = (dividend: number, divisor: number): number => {
  const doubled = 2 * dividend + divisor;
  return (doubled - (doubled % (2 * divisor))) / (2 * divisor);
};

const decimals = (hundredths: number): string => {
  const text = String(hundredths).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`.replace(/\.?0+$/, '');
};

/**
 * 百分数 Of whole numbers, to two decimals. 0 % is said only of none and 100 % only of all: 99,999 of 100,000 is 99.99 %.
 */
export const percentText = (numerator: number, denominator: number): string => {
  if (denominator === 0) return nothingText;
  const exact = divided(numerator * 10_000, denominator);
  const hundredths = numerator > 0 && exact === 0 ? 1 : numerator < denominator && exact === 10_000 ? 9_999 : exact;
  return `${decimals(hundredths)} %`;
};

/** 平均数 To two decimals. */
export const meanText = (sum: number, count: number): string => (count === 0 ? nothingText : decimals(divided(sum * 100, count)));

/** 分位数 Nearest rank: a value that really occurred, and never one between two. Null of none. */
export const percentile = (sorted: readonly number[], part: number): number | null => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
