import { expect, it } from '@jest/globals';
import {
  checkpointLine, checkpointText, CompactRange, ed25519Signer, encodeLeaf, endLine, factLine, formatNote, headLine, originOf, parseCheckpoint, sha256, signNote, sm2Signer, treeHashes,
} from '#evidence';
import type { Checkpoint, Note, Signer, StoredFact, TreeName, TrustPolicy, Verdict } from '#evidence';
import { LogAudit, PostgresStoredFacts } from '#notary';
import { chances, EvidenceLog, verifyExport, withPostgres } from '#testing';

const postgres = withPostgres();
const facts = 90;
const ofExport = 940;
const ofDatabase = 60;

interface Original {
  readonly logId: string;
  readonly lines: readonly string[];
  readonly policy: TrustPolicy;
  /** A checkpoint that an auditor took home, over the whole log. */
  readonly taken: { readonly note: Note; readonly checkpoint: Checkpoint };
}

type Chance = () => number;
type Mutation = (original: Original, chance: Chance) => Promise<Verdict> | Verdict;

const below = (chance: Chance, count: number): number => Math.floor(chance() * count);

const factOf = (line: string): StoredFact => {
  const { position, eventId, stream, version, type, schema, recordedAt, meta, data } = JSON.parse(line) as StoredFact & { meta: object; data: object };
  return { position, eventId, stream, version, type, schema, recordedAt, meta: JSON.stringify(meta), data: JSON.stringify(data) };
};

const isFact = (line: string): boolean => line.startsWith('{"position"');
const factLines = ({ lines }: Original): readonly number[] => lines.flatMap((line, at) => (isFact(line) ? [at] : []));
const verdictOn = ({ policy }: Original, lines: readonly string[]): Verdict => verifyExport(lines.map((line) => `${line}\n`).join(''), policy);

/** The line of a fact that says something else; a careful forger reckons its hash anew. */
const forged = ({ logId }: Original, line: string, change: (fact: StoredFact) => StoredFact, careful: boolean): string => {
  const fact = change(factOf(line));
  const leaf = careful ? sha256.leaf(encodeLeaf(logId, fact)) : Buffer.from((JSON.parse(line) as { leaf: string }).leaf, 'base64');
  return factLine(fact, leaf).trimEnd();
};

const changing = (change: (fact: StoredFact, chance: Chance) => StoredFact): Mutation => (original, chance) => {
  const at = factLines(original)[below(chance, facts)] as number;
  const careful = chance() < 0.5;
  const lines = original.lines.map((line, index) => (index === at ? forged(original, line, (fact) => change(fact, chance), careful) : line));
  expect(lines).not.toEqual(original.lines);
  return verdictOn(original, lines);
};

/** Positions as if nothing had happened, with hashes that fit. */
const renumbered = (original: Original, lines: readonly string[]): readonly string[] => {
  let position = 0;
  return lines.map((line) => (isFact(line) ? forged(original, line, (fact) => ({ ...fact, position: (position += 1) }), true) : line));
};

const maybeRenumbered = (original: Original, lines: readonly string[], chance: Chance): readonly string[] => (chance() < 0.5 ? renumbered(original, lines) : lines);

const digit = (text: string, chance: Chance): string => {
  const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
  const at = places[below(chance, places.length)] as number;
  return `${text.slice(0, at)}${(Number(text[at]) + 1 + below(chance, 9)) % 10}${text.slice(at + 1)}`;
};

const signedAnew = async (original: Original, signers: readonly Signer[], chance: Chance): Promise<string> => {
  const from = below(chance, facts);
  const changed = factLines(original).map((at, index) => (index < from ? factOf(original.lines[at] as string) : { ...factOf(original.lines[at] as string), data: `{"forged":${below(chance, 1_000_000)}}` }));
  const notes: Partial<Record<TreeName, string>> = {};
  for (const hash of treeHashes) {
    const range = new CompactRange(hash);
    for (const fact of changed) range.push(hash.leaf(encodeLeaf(original.logId, fact)));
    const origin = originOf(original.logId, hash.name);
    const text = checkpointText({ origin, size: facts, root: range.root() });
    notes[hash.name] = formatNote({ text, signatures: await Promise.all(signers.map((signer) => signNote(text, origin, signer))) });
  }
  return [
    headLine({ logId: original.logId, epoch: 1, from: 1, to: facts, before: { sha256: [], sm3: [] } }), ...changed.map((fact) => factLine(fact, sha256.leaf(encodeLeaf(original.logId, fact)))),
    checkpointLine(notes.sha256 ?? ''), endLine({ to: facts, checkpoints: notes, consistency: { sha256: [], sm3: [] } }),
  ].join('');
};

const thieves = [ed25519Signer(Buffer.alloc(32, 77)), sm2Signer(Buffer.alloc(32, 78))];

const mutations: Readonly<Record<string, Mutation>> = {
  value: changing((fact, chance) => ({ ...fact, data: digit(fact.data, chance) })),
  actor: changing((fact) => ({ ...fact, meta: fact.meta.replace('u-7f3a', 'u-7f3b') })),
  time: changing((fact, chance) => ({ ...fact, recordedAt: digit(fact.recordedAt, chance) })),
  field: changing((fact, chance) => [
    { ...fact, stream: `${fact.stream}x` }, { ...fact, version: fact.version + 1 }, { ...fact, type: `${fact.type}2` }, { ...fact, schema: fact.schema + 1 }, { ...fact, eventId: `${fact.eventId.slice(1)}f` },
  ][below(chance, 5)] as StoredFact),
  order: (original, chance) => {
    const at = factLines(original);
    const [first, second] = [below(chance, facts), below(chance, facts - 1)];
    const [one, other] = [at[first] as number, at[second >= first ? second + 1 : second] as number];
    const lines = [...original.lines];
    [lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
    return verdictOn(original, maybeRenumbered(original, lines, chance));
  },
  deletion: (original, chance) => {
    const at = factLines(original)[below(chance, facts)];
    return verdictOn(original, maybeRenumbered(original, original.lines.filter((_line, index) => index !== at), chance));
  },
  insertion: (original, chance) => {
    const [from, to] = [factLines(original)[below(chance, facts)] as number, factLines(original)[below(chance, facts)] as number];
    const lines = [...original.lines.slice(0, to), original.lines[from] as string, ...original.lines.slice(to)];
    return verdictOn(original, maybeRenumbered(original, lines, chance));
  },
  truncation: (original, chance) => {
    const text = original.lines.map((line) => `${line}\n`).join('');
    const head = (original.lines[0] ?? '').length + 1;
    return verifyExport(text.slice(0, head + below(chance, text.length - head - 2)), original.policy);
  },
  'tail signed by another': async (original, chance) => verifyExport(await signedAnew(original, thieves, chance), original.policy),
  'tail signed by a thief of the keys': async (original, chance) =>
    verifyExport(await signedAnew(original, [ed25519Signer(Buffer.alloc(32, 1)), sm2Signer(Buffer.alloc(32, 2))], chance), original.policy, original.taken),
};

const open = async (): Promise<{ readonly log: EvidenceLog; readonly original: Original }> => {
  const log = await EvidenceLog.open(await postgres.freshDatabase());
  for (let part = 0; part < 3; part += 1) {
    await log.record(facts / 3);
    await log.sign();
  }
  const lines = (await log.exported()).trimEnd().split('\n');
  return { log, original: { logId: log.log.identity.logId, lines, policy: await log.policy(), taken: parseCheckpoint(await log.book.checkpoint('sha256')) } };
};

it(`finds each of ${ofExport} single mutations of an export, and none in the export itself`, async () => {
  const { log, original } = await open();
  try {
    expect(verdictOn(original, original.lines)).toMatchObject({ verdict: 'ok' });
    expect(verdictOn(original, renumbered(original, original.lines))).toMatchObject({ verdict: 'ok' });
    const chance = chances(310110);
    const kinds = Object.entries(mutations);
    const missed: string[] = [];
    let placed = 0;
    for (let turn = 0; turn < ofExport; turn += 1) {
      const [kind, mutate] = kinds[turn % kinds.length] as [string, Mutation];
      const verdict = await mutate(original, chance);
      if (verdict.verdict !== 'altered') missed.push(`${turn} ${kind}: ${verdict.verdict} ${verdict.code}`);
      if (verdict.firstBadPosition !== undefined) placed += 1;
    }
    expect(missed).toEqual([]);
    expect(placed).toBe(ofExport);
  } finally {
    await log.close();
  }
}, 60_000);

it(`finds each of ${ofDatabase} single mutations of the database by somebody with all rights over it`, async () => {
  const { log, original: { logId } } = await open();
  const chance = chances(7);
  const columns = ['data = data || chr(32)', `meta = replace(meta, 'u-7f3a', 'u-7f3b')`, `recorded_at = recorded_at + interval '1 ms'`, `type = type || '2'`, 'schema = schema + 1', `stream = stream || 'x'`, 'version = version + 1', 'event_id = gen_random_uuid()', 'command_id = gen_random_uuid()'];
  const statements = (position: number, turn: number): readonly string[] => {
    const other = 1 + (position % facts);
    switch (turn % 6) {
      case 0: return [`delete from engine.events where position = ${position}`];
      case 1: return [`update engine.events set position = -1 where position = ${position}`, `update engine.events set position = ${position} where position = ${other}`, `update engine.events set position = ${other} where position = -1`];
      case 2: return [`delete from engine.events where position > ${position - 1}`];
      // A fact and its hash in the tiles, so that they agree with each other.
      case 3: return [`update engine.events set data = '{}' where position = ${position}`, 'retile'];
      default: return [`update engine.events set ${columns[turn % columns.length] ?? ''} where position = ${position}`];
    }
  };
  const client = await log.log.pool.connect();
  const audit = async (): Promise<string | null> => (await new LogAudit(logId, new PostgresStoredFacts(client)).advance(client, 1, facts, facts))?.code ?? null;
  const retile = async (position: number): Promise<void> => {
    const { rows: [row] } = await client.query<StoredFact & { recordedAt: Date; position: string }>(
      `select position, event_id as "eventId", stream, version, type, schema, recorded_at as "recordedAt", meta, data from engine.events where position = $1`, [position]);
    if (!row) throw new Error(`there is no position ${position}`);
    const hash = sha256.leaf(encodeLeaf(logId, { ...row, position, recordedAt: row.recordedAt.toISOString() }));
    await client.query(`update evidence.tiles set hashes = overlay(hashes placing $1 from $2) where tree = 'sha256' and level = 0 and tile = 0`, [hash, (position - 1) * 32 + 1]);
  };
  try {
    await client.query('set session_replication_role = replica');
    expect(await audit()).toBeNull();
    const missed: string[] = [];
    for (let turn = 0; turn < ofDatabase; turn += 1) {
      const position = 1 + below(chance, facts);
      await client.query('begin');
      for (const statement of statements(position, turn)) await (statement === 'retile' ? retile(position) : client.query(statement));
      if ((await audit()) === null) missed.push(statements(position, turn).join('; '));
      await client.query('rollback');
    }
    expect(missed).toEqual([]);
    expect(await audit()).toBeNull();
  } finally {
    client.release(true);
    await log.close();
  }
}, 60_000);

