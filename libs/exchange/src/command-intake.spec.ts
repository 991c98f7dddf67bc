import { beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '#kernel';
import { ExchangeStage } from './spec-stage.js';
import type { Login } from './spec-stage.js';

const body = { channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1', description: '路面塌陷，一楼张三家门口', address: '某路 7 号', reporter: { name: '张三', telephone: '13812345678' } };

describe('reports that come in over a bus', () => {
  let stage: ExchangeStage;

  beforeEach(() => {
    stage = new ExchangeStage();
  });

  const take = (...records: ReturnType<ExchangeStage['report']>[]): Promise<void> => stage.commands.handle(0, records.map((record) => stage.incoming(record)));

  it('become incidents by the same desk, as the channel, with everything personal sealed', async () => {
    await take(stage.report(body));
    const [fact] = await stage.facts();
    expect(fact).toMatchObject({ type: 'IncidentReported', actor: { id: 'account-hotline', role: 'channel', unit: 'hotline' }, data: { channel: 'hotline', externalId: 'H-1', place: { grid: 'S1A1' }, reporter: { keyId: expect.any(String) } } });
    expect(JSON.stringify(fact)).not.toMatch(/张三|13812345678|某路|塌陷/);
    expect(stage.reasons()).toEqual([]);
  });

  it('are one incident however often they are delivered, also when the process died before it could say that they were done', async () => {
    const records = [stage.report(body), stage.report({ ...body, externalId: 'H-2' }), stage.report({ ...body, externalId: undefined })];
    let deaths = 1;
    stage.before = () => {
      if (deaths > 0) {
        deaths -= 1;
        throw new Unavailable('store.away', 'The store went away.');
      }
    };
    await expect(take(...records)).rejects.toThrow(Unavailable);
    await take(...records);
    await take(...records, ...records);
    expect([await stage.streams(), (await stage.facts()).length, stage.reasons()]).toEqual([3, 3, []]);
  });

  it('are one incident with the same report by another way', async () => {
    await take(stage.report(body, 'hotline', 'first'), stage.report(body, 'hotline', 'second'));
    expect([await stage.streams(), stage.reasons()]).toEqual([1, []]);
  });

  it('find the grid by a position, within what the channel answers for', async () => {
    await take(stage.report({ channel: 'hotline', location: { longitude: 121.52, latitude: 31.27 } }));
    await take(stage.report({ ...body, externalId: 'H-8' }, 'street-hotline'), stage.report({ ...body, externalId: 'H-9', gridCode: 'S2A1' }, 'street-hotline'));
    expect([await stage.streams(), stage.reasons()]).toEqual([2, ['place.out-of-jurisdiction']]);
  });

  it.each<[string, (record: ReturnType<ExchangeStage['report']>) => ReturnType<ExchangeStage['report']>]>([
    ['record.signature-wrong', (record) => ({ ...record, value: record.value.replace('S1A1', 'S1A2') })],
    ['record.signature-wrong', (record) => ({ ...record, headers: { ...record.headers, 'record-id': 'another' } })],
    ['record.signature-wrong', (record) => ({ ...record, headers: { ...record.headers, channel: 'sensors' } })],
    ['record.signature-wrong', (record) => ({ ...record, headers: { ...record.headers, schema: 'ReportIncident/2' } })],
    ['record.signature-wrong', ({ headers: { signature: _gone, ...headers }, ...record }) => ({ ...record, headers })],
    ['record.id-missing', ({ headers: { 'record-id': _gone, ...headers }, ...record }) => ({ ...record, headers })],
    ['record.channel-unknown', ({ headers: { channel: _gone, ...headers }, ...record }) => ({ ...record, headers })],
    ['record.empty', (record) => ({ ...record, value: '' })],
    ['record.too-large', (record) => ({ ...record, value: 'x'.repeat(300_000) })],
  ])('are told of as %s when they are not what their channel signed', async (code, change) => {
    await take(change(stage.report(body)), stage.report({ ...body, externalId: 'H-2' }));
    expect([stage.reasons(), await stage.streams()]).toEqual([[code], 1]);
  });

  it('count only in the topic that they were signed for', async () => {
    const { headers, value, key } = stage.measured({ readings: [] }, 'hotline');
    await take({ topic: 'commands', headers, value, key });
    expect(stage.reasons()).toEqual(['record.signature-wrong']);
  });

  it.each<[string, unknown, Login, string?]>([
    ['record.schema-unknown', body, 'hotline', 'ReportIncident/2'],
    ['record.schema-unknown', body, 'hotline', 'CloseIncident/1'],
    ['record.unreadable', 'just words', 'hotline'],
    ['record.unreadable', [body], 'hotline'],
    ['record.channel-closed', body, 'dismissed'],
    ['record.channel-closed', body, 'dispatcher'],
    ['record.channel-unknown', body, 'nobody'],
    ['channel.not-permitted', { ...body, channel: 'grid' }, 'hotline'],
    ['place.unknown-grid', { ...body, gridCode: 'S9Z9' }, 'hotline'],
    ['place.outside-city', { ...body, location: { longitude: 10, latitude: 10 } }, 'hotline'],
    ['input.invalid', { ...body, gridCode: undefined }, 'hotline'],
    ['input.invalid', { ...body, channel: 'letter' }, 'hotline'],
    ['input.invalid', { ...body, wish: 'more' }, 'hotline'],
    ['input.invalid', { ...body, reporter: { telephone: '138' } }, 'hotline'],
    ['input.invalid', { ...body, location: { longitude: '121' } }, 'hotline'],
    ['input.invalid', { ...body, claimedAt: 'yesterday' }, 'hotline'],
    ['input.invalid', { ...body, externalId: 'H \u0000 1' }, 'hotline'],
  ])('are told of as %s when they cannot be used, and the others go on', async (code, sent, login, ...[schema]) => {
    await take(stage.report(sent, login, 'poison', schema), stage.report({ ...body, externalId: 'H-2' }));
    expect([stage.reasons(), await stage.streams()]).toEqual([[code], 1]);
  });

  it('under an id that was used for something else are refused and change nothing', async () => {
    await take(stage.report(body, 'hotline', 'same'));
    await take(stage.report({ ...body, externalId: 'H-2' }, 'hotline', 'same'));
    expect([stage.reasons(), await stage.streams()]).toEqual([['command.id-reused'], 1]);
  });

  it('that cannot be used are told of with where they stand and why, and without what they hold', async () => {
    const poison = stage.incoming(stage.report({ ...body, channel: 'letter', externalId: 7, 张三的电话: 1 }));
    const torn = { ...stage.incoming(stage.report(body)), key: '13812345678' };
    await stage.commands.handle(0, [poison, torn, stage.incoming(stage.report('{"reporter": 张三'))]);
    const [letter, third] = stage.bus.records('dead-letters').map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as Record<string, unknown>);
    expect(letter).toMatchObject({
      code: 'input.invalid', topic: 'commands', partition: 0, offset: poison.offset, bytes: poison.value.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      headers: { channel: 'hotline', schema: 'ReportIncident/1', 'record-id': expect.any(String) },
      errors: [{ field: 'channel', code: 'wrong', message: expect.any(String) }, { field: 'externalId', code: 'wrong', message: expect.any(String) }, { field: '(unknown)', code: 'unknown-field', message: expect.any(String) }],
    });
    expect(third).toMatchObject({ code: 'record.unreadable' });
    expect(stage.bus.records('dead-letters').map(({ key, value, headers }) => `${key} ${Buffer.from(value ?? []).toString()} ${JSON.stringify(headers)}`).join('')).not.toMatch(/张三|13812345678|某路|塌陷/);
  });

  it('come again when their dead letter could not be sent', async () => {
    const stuck = new ExchangeStage();
    stuck.bus.createTopic('dead-letters', 1);
    const poison = stuck.incoming(stuck.report({ ...body, channel: 'letter' }));
    const broken = new ExchangeStage();
    Object.assign(broken.letters, { publisher: { publish: () => Promise.reject(new Unavailable('broker.away', 'gone')), close: () => Promise.resolve() } });
    await expect(broken.commands.handle(0, [broken.incoming(broken.report({ ...body, channel: 'letter' }))])).rejects.toThrow(Unavailable);
    await stuck.commands.handle(0, [poison]);
    expect([stuck.letters.told, broken.letters.told]).toEqual([1, 0]);
  });
});
