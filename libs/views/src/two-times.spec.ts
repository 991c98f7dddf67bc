import { describe, expect, it } from '@jest/globals';
import { delayMinutes, happenedAt } from './two-times.js';

describe('two times 两种时间', () => {
  it('take the sender at the word, put right by the clock of the device', () => {
    expect(happenedAt({ claimedAt: '2026-11-23T03:30:00.000Z' })).toBe('2026-11-23T03:30:00.000Z');
    expect(happenedAt({ claimedAt: '2026-11-23T03:30:00.000Z', deviceSkewMs: 7 * 60_000 })).toBe('2026-11-23T03:23:00.000Z');
    expect(happenedAt({ claimedAt: '2026-11-23T03:30:00.000Z', deviceSkewMs: -90_000 })).toBe('2026-11-23T03:31:30.000Z');
    expect(happenedAt({ deviceSkewMs: 90_000 })).toBeNull();
  });

  it('say how late something arrived, in whole minutes, and nothing of what came at once or was dated ahead', () => {
    expect(delayMinutes('2026-11-23T03:00:00.000Z', '2026-11-23T04:15:59.000Z')).toBe(75);
    expect(delayMinutes('2026-11-23T03:00:00.000Z', '2026-11-23T03:00:59.999Z')).toBeNull();
    expect(delayMinutes('2026-11-23T03:30:00.000Z', '2026-11-23T03:00:00.000Z')).toBeNull();
    expect(delayMinutes(null, '2026-11-23T03:00:00.000Z')).toBeNull();
  });
});
