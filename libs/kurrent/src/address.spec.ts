import { describe, expect, it } from '@jest/globals';
import { logBeside, parseAddress } from './address.js';

describe('the address of an event store', () => {
  it.each([
    ['kurrentdb://127.0.0.1:2113?tls=false', 'kurrentdb://127.0.0.1:2113?tls=false', 'threeloops'],
    ['esdb://admin:changeit@db:2113/yangpu?tls=true&tlsCaFile=/ca.pem', 'kurrentdb://admin:changeit@db:2113?tls=true&tlsCaFile=/ca.pem', 'yangpu'],
    ['kurrentdb://a:1,b:2,c:3', 'kurrentdb://a:1,b:2,c:3?nodePreference=leader', 'threeloops'],
    ['kurrentdb+discover://cluster/city_2?nodePreference=follower', 'kurrentdb+discover://cluster?nodePreference=follower', 'city_2'],
  ])('%s is read as %s and %s', (text, connectionString, logName) => {
    expect(parseAddress(text)).toEqual({ connectionString, logName });
  });

  it('can name another log beside it', () => {
    expect(logBeside('kurrentdb://u:p@a:1,b:2/yangpu?tls=false', 'x1')).toBe('kurrentdb://u:p@a:1,b:2/yangpu_x1?tls=false');
    expect(logBeside('esdb://db', 'x1')).toBe('esdb://db/threeloops_x1');
  });

  it.each(['', 'postgresql://db', 'kurrentdb://', 'kurrentdb://db/Big-Name', 'kurrentdb://db?throwOnAppendFailure=false', 'kurrentdb://db?throw-on-append-failure=False'])('"%s" is refused, and no password is told', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'setting.unreadable', details: { setting: 'EVENT_STORE' } }));
  });
});
