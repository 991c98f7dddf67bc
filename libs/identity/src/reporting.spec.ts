import { describe, expect, it } from '@jest/globals';
import { smallLibrary } from '#scenario';
import type { AccountRole } from './account.js';
import { gridOfReport } from './reporting.js';

const city = smallLibrary.current;
const gridFor = (role: AccountRole, place: string | null, sent: Parameters<typeof gridOfReport>[2]): string => gridOfReport({ role, place }, city, sent);

describe('the grid of a report 上报归属', () => {
  it('is the one that is named, or the nearest one to where it is', () => {
    expect(gridFor('channel', null, { channel: 'hotline', gridCode: 'S1A1' })).toBe('S1A1');
    expect(city.pathOf(gridFor('channel', null, { channel: 'hotline', location: { longitude: 121.52, latitude: 31.27 } }))).not.toBeNull();
  });

  it('is within what a channel answers for; people report what they see, wherever it is', () => {
    expect(gridFor('channel', 'S1', { channel: 'hotline', gridCode: 'S1A1' })).toBe('S1A1');
    expect(() => gridFor('channel', 'S1', { channel: 'hotline', gridCode: 'S2A1' })).toThrow(expect.objectContaining({ code: 'place.out-of-jurisdiction' }));
    expect(gridFor('grid-worker', 'S1A', { channel: 'grid', gridCode: 'S2A1' })).toBe('S2A1');
    expect(gridFor('unit-handler', 'S1', { channel: 'department', gridCode: 'S2A1' })).toBe('S2A1');
  });

  it.each([
    ['channel.not-permitted', 'unit-handler', { channel: 'hotline', gridCode: 'S1A1' }],
    ['channel.not-permitted', 'analyst', { channel: 'department', gridCode: 'S1A1' }],
    ['input.invalid', 'channel', { channel: 'hotline' }],
    ['place.unknown-grid', 'channel', { channel: 'hotline', gridCode: 'S9Z9' }],
    ['place.outside-city', 'channel', { channel: 'hotline', gridCode: 'S1A1', location: { longitude: 10, latitude: 10 } }],
  ] as const)('is refused as %s, and what was sent is not repeated', (code, role, sent) => {
    expect(() => gridFor(role, null, sent)).toThrow(expect.objectContaining({ code, message: expect.not.stringContaining('S9Z9') }));
  });
});
