import { describe, expect, it } from '@jest/globals';
import { wallTimeReader, zoneClock } from './zone-time.js';
import type { ZonedInstant } from './zone-time.js';

const american = wallTimeReader('MM/DD/YYYY hh:mm:ss A');
const newYork = zoneClock('America/New_York');
const at = (text: string, clock = newYork): ZonedInstant => {
  const wall = american(text);
  if (!wall) throw new Error(`${text} is no wall time`);
  return clock(wall);
};

describe('a wall-clock time', () => {
  it.each([
    ['04/12/2018 11:11:26 AM', 11], ['04/12/2018 12:00:00 AM', 0], ['04/12/2018 12:00:00 PM', 12], ['04/12/2018 11:59:59 pm', 23], ['04/12/2018 01:00:00 AM', 1],
  ])('%s is hour %i', (text, hour) => {
    expect(american(text)).toMatchObject({ year: 2018, month: 4, day: 12, hour });
  });

  it.each(['', '4/12/2018 11:11:26 AM', '02/30/2018 11:11:26 AM', '13/01/2018 01:00:00 AM', '04/12/2018 13:00:00 AM', '04/12/2018 00:00:00 AM', '04/12/2018 11:60:00 AM', '04/12/2018 11:11:26', '2018-04-12 11:11:26', '04/12/2018 11:11:26 AM '])(
    '"%s" is none',
    (text) => {
      expect(american(text)).toBeNull();
    },
  );

  it('may be written otherwise when the format says so', () => {
    expect(wallTimeReader('YYYY-MM-DD HH:mm')('2026-02-28 23:59')).toEqual({ year: 2026, month: 2, day: 28, hour: 23, minute: 59, second: 0 });
    expect(wallTimeReader('YYYY-MM-DD HH:mm')('2026-02-28 24:00')).toBeNull();
    expect(wallTimeReader('DD.MM.YYYY')('01.03.2026')).toMatchObject({ month: 3, day: 1, hour: 0 });
  });

  it.each(['', 'MM/DD hh:mm A', 'YYYY-MM-DD hh:mm', 'YYYY-MM-DD HH:mm A', 'YYYY-MM-DD YYYY', 'YY-MM-DD', 'YYYY-MM-D'])('format "%s" is refused', (format) => {
    expect(() => wallTimeReader(format)).toThrow(expect.objectContaining({ code: 'mapping.unreadable-format' }));
  });
});

describe('the conversion of a zone’s wall time to UTC', () => {
  it.each([
    ['01/15/2018 12:00:00 PM', '2018-01-15T17:00:00.000Z', 'certain'],
    ['07/15/2018 12:00:00 PM', '2018-07-15T16:00:00.000Z', 'certain'],
    ['03/11/2018 01:59:59 AM', '2018-03-11T06:59:59.000Z', 'certain'],
    ['03/11/2018 03:00:00 AM', '2018-03-11T07:00:00.000Z', 'certain'],
    ['11/04/2018 12:59:59 AM', '2018-11-04T04:59:59.000Z', 'certain'],
    ['11/04/2018 02:00:00 AM', '2018-11-04T07:00:00.000Z', 'certain'],
    ['12/31/2018 11:30:00 PM', '2019-01-01T04:30:00.000Z', 'certain'],
  ])('%s in New York is %s', (text, utc, certainty) => {
    expect(at(text)).toEqual({ at: utc, certainty });
  });

  it('takes the first of the two times that the clocks show when they are put back', () => {
    expect(at('11/04/2018 01:30:00 AM')).toEqual({ at: '2018-11-04T05:30:00.000Z', certainty: 'ambiguous' });
  });

  it('goes on by the old clock through the hour that is skipped when they are put forward', () => {
    expect(at('03/11/2018 02:30:00 AM')).toEqual({ at: '2018-03-11T07:30:00.000Z', certainty: 'skipped' });
  });

  it('knows zones ahead of UTC, zones without summer time and zones with odd offsets', () => {
    expect(at('06/01/2018 12:30:00 AM', zoneClock('Asia/Shanghai')).at).toBe('2018-05-31T16:30:00.000Z');
    expect(at('06/01/2018 12:30:00 AM', zoneClock('Asia/Kathmandu')).at).toBe('2018-05-31T18:45:00.000Z');
    expect(at('04/01/2018 01:45:00 AM', zoneClock('Australia/Lord_Howe'))).toEqual({ at: '2018-03-31T14:45:00.000Z', certainty: 'ambiguous' });
    expect(at('06/01/2018 12:30:00 AM', zoneClock('UTC')).at).toBe('2018-06-01T00:30:00.000Z');
  });

  it('refuses a zone that is none', () => {
    expect(() => zoneClock('America/Baltimore')).toThrow(expect.objectContaining({ code: 'mapping.unknown-zone' }));
  });
});
