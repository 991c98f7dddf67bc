import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FigureDesk } from '#figures';
import type { FrozenInFull } from '#figures';
import { fromIso } from '#kernel';
import { frozenText, ledgerOf, metrics } from '#metrics';
import type { Ledger } from '#metrics';
import { EvidenceLog, incidentHistories, withPostgres } from '#testing';
import { verifyFigure } from './verify-figure.js';

const postgres = withPostgres();
const analyst = { id: 'an', role: 'analyst', unit: 'YP-centre' } as const;

describe('a frozen figure', () => {
  let folder: string;
  let frozen: FrozenInFull;
  const path = (name: string): string => join(folder, name);
  const flags = () => ({ key: path('log.keys') });
  const changed = async (change: (copy: { -readonly [Key in keyof FrozenInFull]: FrozenInFull[Key] }) => void): Promise<string> => {
    const copy = structuredClone(frozen);
    change(copy);
    await writeFile(path('changed.json'), JSON.stringify(copy));
    return path('changed.json');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threeloops-figure-'));
    const log = await EvidenceLog.open(await postgres.freshDatabase());
    const { store } = log.log;
    const facts = [...incidentHistories({ seed: 3, incidents: 30, concurrent: 10 })];
    for (const { stream, version, type, schema, data, recordedAt, actor } of facts) {
      await store.append({ stream, expectedVersion: version - 1, decidedAt: fromIso(recordedAt), provenance: { actor, commandId: randomUUID(), correlationId: randomUUID() }, events: [{ eventId: randomUUID(), type, schema, data }] });
    }
    const ledgers = [...new Set(facts.map(({ stream }) => stream))].flatMap((stream): readonly Ledger[] => [ledgerOf(facts.filter((fact) => fact.stream === stream))].filter((ledger) => ledger !== null));
    const desk = new FigureDesk(store, { position: () => Promise.resolve(facts.length), ledgers: async function* () { yield ledgers; } }, { ids: () => Promise.resolve([]) });
    const at = fromIso(facts.at(-1)?.recordedAt ?? '');
    frozen = await desk.freeze({
      figuresId: randomUUID(), commandId: randomUUID(), correlationId: randomUUID(), fingerprint: 'f', actor: analyst, metrics,
      asked: { from: null, before: null, at, by: 'street', filter: {}, position: facts.length, places: null },
    });
    await log.sign();
    await writeFile(path('frozen.json'), JSON.stringify(frozen));
    await writeFile(path('log.keys'), (await log.book.status()).keys);
    await writeFile(path('log.ndjson'), await log.exported());
    await writeFile(path('short.ndjson'), await log.exported(1, 20));
    await writeFile(path('before.ndjson'), await log.exported(1, facts.length));
    await log.close();
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is computed again from the facts, in every metric, and comes out the same', async () => {
    expect(await verifyFigure(path('frozen.json'), path('log.ndjson'), flags())).toMatchObject({ verdict: 'ok', message: expect.stringContaining(`${metrics.length} figures over 30 incidents come out as they were frozen, and stand so in the log`) });
  });

  it('that was altered is found: by its hash, by the log, and by the facts', async () => {
    const better = (copy: FrozenInFull): void => void Object.assign(copy.content.figures[0]?.total as object, { better: 1 });
    expect(await verifyFigure(await changed(better), path('log.ndjson'), flags())).toMatchObject({ verdict: 'altered', code: 'figures.altered', message: expect.stringContaining('hash') });
    const careful = await changed((copy) => {
      better(copy);
      copy.sha256 = createHash('sha256').update(frozenText(copy.content)).digest('hex');
    });
    expect(await verifyFigure(careful, path('log.ndjson'), flags())).toMatchObject({ verdict: 'altered', code: 'figures.altered', firstBadPosition: frozen.frozenPosition });
    expect(await verifyFigure(careful, path('before.ndjson'), flags())).toMatchObject({ verdict: 'altered', code: 'figures.differ', message: expect.stringContaining(metrics[0]?.name ?? '') });
  });

  it('that is shown as another period, of other places, by somebody else or at another time is found', async () => {
    const earlier = '2020-01-01T00:00:00.000Z';
    const ofContent: readonly Partial<FrozenInFull>[] = [{ from: earlier }, { before: earlier }, { at: earlier }, { position: 1 }, { places: ['310110'] }, { metrics: frozen.metrics.slice(1) }];
    const ofFact: readonly Partial<FrozenInFull>[] = [{ frozenAt: earlier }, { frozenBy: 'somebody-else' }, { frozenPosition: 1 }];
    for (const [misstated, exportFile] of [...ofContent.flatMap((each) => [[each, 'log.ndjson'], [each, 'before.ndjson']] as const), ...ofFact.map((each) => [each, 'log.ndjson'] as const)]) {
      const verdict = await verifyFigure(await changed((copy) => void Object.assign(copy, misstated)), path(exportFile), flags());
      expect(verdict).toMatchObject({ verdict: 'altered', code: 'figures.altered', message: expect.stringContaining(`is not: ${Object.keys(misstated)[0]}.`) });
    }
    expect(await verifyFigure(path('frozen.json'), path('before.ndjson'), flags())).toMatchObject({ verdict: 'ok', message: expect.stringContaining('it cannot tell by whom and when') });
  });

  it('cannot be told about without the facts behind it, the keys, or a file that is one', async () => {
    expect(await verifyFigure(path('frozen.json'), path('short.ndjson'), flags())).toMatchObject({ verdict: 'undecided', code: 'evidence.export-too-short' });
    expect(await verifyFigure(path('frozen.json'), path('log.ndjson'), {})).toMatchObject({ verdict: 'undecided', code: 'evidence.no-key' });
    await expect(verifyFigure(path('log.keys'), path('log.ndjson'), flags())).rejects.toMatchObject({ code: 'figures.unreadable' });
  });
});
