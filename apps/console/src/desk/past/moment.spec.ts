import { describe, expect, it } from '@jest/globals';
import { asOfText, localText, momentIn, within } from './moment.js';

const at = Date.parse('2026-11-18T06:05:00.000Z');

describe('a moment that is looked back at 回看', () => {
  it('is written and read as the clocks of the city show it, wherever the device is', () => {
    expect(localText(at)).toBe('2026-11-18T14:05:00');
    for (const text of ['2026-11-18T14:05', '2026-11-18T14:05:00', '2026-11-18T14:05:00.000']) expect(momentIn(text)).toBe(at);
    for (const text of ['', '2026-11-18', '2026-13-18T14:05', 'soon']) expect(momentIn(text)).toBeNull();
    expect(asOfText(at)).toBe('2026-11-18T06:05:00.000Z');
  });

  it('lies between the first fact and now', () => {
    expect(within(at, at + 1, at + 10_000)).toBe(at + 1);
    expect(within(at + 20_000, at, at + 10_000)).toBe(at + 8_000);
    expect(within(at + 5_000, at, at + 10_000)).toBe(at + 5_000);
    expect(within(at + 500, at, at + 1_000)).toBe(at);
  });
});
