import { describe, expect, it } from '@jest/globals';
import { engineActor, roles } from './actor.js';
import { Conflict, Fenced, Refusal, Unavailable } from './refusal.js';

describe('the four ways of saying no', () => {
  it('are errors with a name each, so that nobody takes a defect for an answer', () => {
    const all = [new Refusal('a.b', 'No.'), new Conflict('Moved on.'), new Unavailable('store.away', 'Later.'), new Fenced('views')];
    expect(all.map((each) => [each instanceof Error, each.name])).toEqual([[true, 'Refusal'], [true, 'Conflict'], [true, 'Unavailable'], [true, 'Fenced']]);
  });

  it('carry what a program needs: code, details, when to ask again, which subscription', () => {
    expect(new Refusal('a.b', 'No.', { unit: 'u' })).toMatchObject({ code: 'a.b', message: 'No.', details: { unit: 'u' } });
    expect(new Refusal('a.b', 'No.').details).toEqual({});
    expect(new Conflict('Moved on.', { revision: 3 })).toMatchObject({ code: 'incident.revision-conflict', details: { revision: 3 } });
    expect([new Unavailable('store.away', 'Later.').retryAfterSeconds, new Unavailable('store.away', 'Later.', 9).retryAfterSeconds]).toEqual([1, 9]);
    expect(new Fenced('views').subscription).toBe('views');
  });
});

describe('the engine as an actor', () => {
  it('belongs to a unit that no city has, under a role of its own', () => {
    expect(engineActor('loop:grid')).toEqual({ id: 'loop:grid', role: 'engine', unit: 'engine' });
    expect(new Set(roles).size).toBe(roles.length);
    expect(roles).toContain('engine');
  });
});
