import { beforeEach, describe, expect, it } from '@jest/globals';
import { deterministicId } from '#engine';
import { personCommandTypes, maySend } from '#identity';
import type { CommandOf } from '#incident';
import { Unavailable } from '#kernel';
import type { Actor } from '#kernel';
import { people } from '#scenario';
import { ExchangeStage, photo } from './spec-stage.js';
import { unitCommandTypes } from './unit-command-record.js';

const incidentId = deterministicId('spec', 'incident');
const reason = { code: 'not-our-duty', note: '张三家门口不归我们' };

describe('commands of a unit\'s own system that come in over a bus', () => {
  let stage: ExchangeStage;
  let serial = 0;

  const byHand = async <Type extends 'ReportIncident' | 'AcceptIncident' | 'FileIncident' | 'DispatchIncident' | 'RequestVoid' | 'VoidIncident'>(actor: Actor, type: Type, data: Omit<CommandOf<Type>['data'], 'incidentId'>): Promise<void> => {
    const commandId = deterministicId('by hand', (serial += 1));
    await stage.desk.execute({ command: { type, data: { incidentId, ...data } } as never, actor, commandId, correlationId: commandId });
  };

  /** An incident that the street centre has given to the street's sanitation. */
  beforeEach(async () => {
    stage = new ExchangeStage();
    await byHand(people.hotline, 'ReportIncident', { channel: 'hotline', gridCode: 'S1A1' });
    await byHand(people.dispatcher, 'AcceptIncident', {});
    await byHand(people.dispatcher, 'FileIncident', { ruleId: 'C-01-01.1', grade: 'general' });
    await byHand(people.dispatcher, 'DispatchIncident', { unit: 'S1-sanitation' });
    stage.clock.advance(60_000);
  });

  const take = (...records: ReturnType<ExchangeStage['said']>[]): Promise<void> => stage.commands.handle(0, records.map((record) => stage.incoming(record)));
  const types = async (): Promise<readonly string[]> => (await stage.facts()).map(({ type }) => type);
  const work = () => [
    stage.said('AcknowledgeDispatch', { incidentId }), stage.said('RecordFirstContact', { incidentId, onBehalfOf: 'crew-7' }),
    stage.said('RecordArrival', { incidentId, location: { longitude: 121.52, latitude: 31.27 } }),
    stage.said('RecordHandling', { incidentId, note: '已清运，张三在场', photos: [photo.sha256], claimedAt: '2026-11-23T09:00:30+08:00' }),
  ];

  it('are all that a unit may do, by the table of authority, and nothing else', () => {
    expect([...unitCommandTypes].sort()).toEqual(personCommandTypes.filter((type) => type !== 'ReportIncident' && maySend('unit-handler', type)).sort());
  });

  it('lead the incident on, in the order of their key, by the same desk as those of people, with what was written sealed', async () => {
    const before = (await stage.facts()).length;
    await take(...work());
    const facts = (await stage.facts()).slice(before);
    expect(facts.map(({ type }) => type)).toEqual(['DispatchAcknowledged', 'FirstContactMade', 'Arrived', 'Handled']);
    expect(facts.every(({ actor }) => actor.id === 'account-sanitation')).toBe(true);
    expect(facts.at(-1)?.data).toMatchObject({ note: { keyId: expect.any(String) }, photos: [photo] });
    expect(JSON.stringify(facts)).not.toMatch(/张三|清运/);
    expect(stage.reasons()).toEqual([]);
  });

  it('have one effect however often they come, also after a death between two of them, and those behind one that cannot be carried out wait for it', async () => {
    const records = work();
    let orders = 0;
    stage.before = () => {
      orders += 1;
      if (orders === 2) throw new Unavailable('store.away', 'The store went away.');
    };
    await expect(take(...records)).rejects.toThrow(Unavailable);
    expect((await types()).at(-1)).toBe('DispatchAcknowledged');
    await take(...records);
    const done = await types();
    await take(...records, ...records);
    expect([await types(), stage.reasons()]).toEqual([done, []]);
  });

  it('that were recorded stay so when they come again after the unit has lost the incident from sight', async () => {
    const record = stage.said('AcknowledgeDispatch', { incidentId });
    await take(record);
    await byHand(people.dispatcher, 'RequestVoid', { reason: { code: 'filed-in-error' } });
    await byHand(people.dispatcher2, 'VoidIncident', {});
    await take(record, stage.said('RecordArrival', { incidentId }));
    expect([(await types()).filter((type) => type === 'DispatchAcknowledged'), stage.reasons()]).toEqual([['DispatchAcknowledged'], ['incident.wrong-stage']]);
  });

  it('may be of a revision that the unit saw, and of no other', async () => {
    const { revision } = await stage.desk.load(incidentId);
    await take(stage.said('AcknowledgeDispatch', { incidentId, expectedRevision: revision - 1 }));
    expect(stage.reasons()).toEqual(['incident.revision-conflict']);
    await take(stage.said('AcknowledgeDispatch', { incidentId, expectedRevision: revision }));
    expect((await types()).at(-1)).toBe('DispatchAcknowledged');
  });

  it.each<[string, () => ReturnType<ExchangeStage['said']>]>([
    ['incident.unknown', () => stage.said('AcknowledgeDispatch', { incidentId }, 'roads')],
    ['incident.unknown', () => stage.said('AcknowledgeDispatch', { incidentId: deterministicId('spec', 'another') })],
    ['role.not-permitted', () => stage.said('AcknowledgeDispatch', { incidentId }, 'hotline')],
    ['record.channel-closed', () => stage.said('AcknowledgeDispatch', { incidentId }, 'dispatcher')],
    ['record.schema-unknown', () => stage.said('CloseIncident', { incidentId })],
    ['record.schema-unknown', () => stage.said('DispatchIncident', { incidentId, unit: 'S1-roads' })],
    ['rectification.not-yours', () => stage.said('CompleteRectification', { incidentId })],
    ['photo.unknown', () => stage.said('RecordHandling', { incidentId, photos: ['b'.repeat(64)] })],
    ['input.invalid', () => stage.said('AcknowledgeDispatch', {})],
    ['input.invalid', () => stage.said('AcknowledgeDispatch', { incidentId: 'seven' })],
    ['input.invalid', () => stage.said('AcknowledgeDispatch', { incidentId, wish: 'more' })],
    ['input.invalid', () => stage.said('AcknowledgeDispatch', { incidentId, expectedRevision: 1.5 })],
    ['input.invalid', () => stage.said('ReturnDispatch', { incidentId })],
    ['input.invalid', () => stage.said('ReturnDispatch', { incidentId, reason: { note: 'because' } })],
    ['input.invalid', () => stage.said('ReturnDispatch', { incidentId, reason: { code: 'awaits-funds' } })],
    ['input.invalid', () => stage.said('ReturnDispatch', { incidentId, reason: { ...reason, wish: 'more' } })],
    ['input.invalid', () => stage.said('RecordHandling', { incidentId, photos: [photo.sha256, photo.sha256] })],
    ['input.invalid', () => stage.said('RecordHandling', { incidentId, photos: 'all of them' })],
    ['input.invalid', () => stage.said('RequestExtension', { incidentId, addedMinutes: 0, reason: { code: 'other' } })],
    ['input.invalid', () => stage.said('RequestSuspension', { incidentId, until: 'spring', reason: { code: 'other' } })],
    ['input.invalid', () => stage.said('ReportIn', { incidentId })],
  ])('are told of as %s when they cannot be carried out, and change nothing', async (code, record) => {
    const before = await types();
    await take(record());
    expect([stage.reasons(), await types()]).toEqual([[code], before]);
  });

  it.each([
    ['RequestSuspension', { until: '2026-12-01T09:00:00+08:00', reason: { code: 'awaits-material' } }, 'SuspensionRequested', { until: '2026-12-01T01:00:00.000Z', reason: { code: 'awaits-material' } }],
    ['RequestExtension', { addedMinutes: 90, reason: { code: 'work-is-larger', note: '井下管线' } }, 'ExtensionRequested', { addedMs: 90 * 60_000, reason: { code: 'work-is-larger', note: { keyId: expect.any(String) } } }],
    ['DeclareBeyondAbility', { reason: { code: 'beyond-resources' } }, 'DeclaredBeyondAbility', { reason: { code: 'beyond-resources' } }],
    ['ReturnDispatch', { reason }, 'DispatchReturned', { reason: { code: 'not-our-duty', note: { keyId: expect.any(String) } } }],
    ['RequestForceClose', { reason: { code: 'awaits-law' } }, 'ForceCloseRequested', { reason: { code: 'awaits-law' } }],
  ])('say everything that their route by HTTP says: %s', async (type, body, fact, data) => {
    await take(stage.said('AcknowledgeDispatch', { incidentId }), stage.said(type, { incidentId, ...body }));
    expect(stage.reasons()).toEqual([]);
    expect((await stage.facts()).find((each) => each.type === fact)?.data).toMatchObject(data);
  });

  it('report, too, what the unit has seen itself, with photos that were uploaded before', async () => {
    const seen = { channel: 'department', externalId: 'D-1', gridCode: 'S1A1', photos: [photo.sha256] };
    await take(stage.report(seen, 'sanitation') as never, stage.report({ ...seen, channel: 'hotline', externalId: 'D-2' }, 'sanitation') as never);
    expect((await stage.facts()).at(-1)).toMatchObject({ type: 'IncidentReported', data: { channel: 'department', photos: [photo] } });
    expect(stage.reasons()).toEqual(['channel.not-permitted']);
  });
});
