import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCursor, writeCursor } from './cursor.js';

const refused = (cursor: string, list = 'incidents dueAt ascending', ids = 1): unknown => {
  try {
    return readCursor(list, ids, cursor);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const written = writeCursor('incidents dueAt ascending', { at: '2026-11-23T03:30:00.000Z', ids: ['i-1'] });

describe('a cursor', () => {
  it('leads back to the place that it was written for', () => {
    const place = fc.record({
      at: fc.option(fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00.000Z'), noInvalidDate: true }).map((date) => date.toISOString())),
      ids: fc.array(fc.uuid(), { minLength: 1, maxLength: 2 }),
    });
    fc.assert(fc.property(place, (each) => expect(readCursor('list', each.ids.length, writeCursor('list', each))).toEqual(each)));
  });

  it('of another list, another order or another kind of row is refused', () => {
    expect(refused(written, 'incidents dueAt descending')).toBe('query.cursor-unreadable');
    expect(refused(written, 'deadlines dueAt ascending')).toBe('query.cursor-unreadable');
    expect(refused(written, 'incidents dueAt ascending', 2)).toBe('query.cursor-unreadable');
  });

  it('that this engine never wrote is refused, whatever it is', () => {
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const list = 'incidents dueAt ascending';
    const strange = [
      '', 'x', '%%%', 'null', encoded(null), encoded({}), encoded([]), encoded([list]), encoded([list, 5, 'i']), encoded([list, 'yesterday', 'i']), encoded([list, null, 7]),
      encoded([list, '2026-02-30T00:00:00.000Z', 'i']), encoded([list, null, 'i\u0000']), `${written}=`, ` ${written}`, `${written}AAAA`, 'A'.repeat(10_000),
    ];
    for (const cursor of strange) expect([cursor.slice(0, 40), refused(cursor)]).toEqual([cursor.slice(0, 40), 'query.cursor-unreadable']);
    fc.assert(fc.property(fc.string(), (cursor) => expect(refused(cursor)).toBe('query.cursor-unreadable')));
  });
});
