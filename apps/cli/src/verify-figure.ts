import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { incidentEventKinds, upcast } from '#events';
import type { IncidentEvent, PeriodFrozen } from '#events';
import { altered, ExportVerifier, ok, parseExportLine, undecided } from '#evidence';
import type { ExportTrust, Verdict } from '#evidence';
import { isIncidentStream } from '#engine';
import { frozenHead, frozenStreamOf } from '#figures';
import type { FrozenInFull } from '#figures';
import { Refusal } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { foldLedger, frozenText, Refreezing } from '#metrics';
import type { Ledger } from '#metrics';
import { toRecordedEvent } from '#postgres';
import { eachLine, trustIn } from './verify.js';
import type { VerifyFlags } from './verify.js';

type ReadFact = NonNullable<ReturnType<typeof factIn>>;

const factIn = (line: Buffer) => {
  const read = parseExportLine(line);
  return read.kind === 'fact' ? read.fact : null;
};

const eventOf = ({ meta, data, ...fact }: ReadFact): RecordedEvent => {
  const event = toRecordedEvent({ ...fact, meta: meta.toString('utf8'), data: data.toString('utf8') });
  return { ...event, data: upcast(event.type, event.schema, event.data) };
};

const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const readFrozen = async (path: string): Promise<FrozenInFull> => {
  const unreadable = (why: string): Refusal => new Refusal('figures.unreadable', `${path} holds no frozen figures as GET /api/frozen-figures/{id} gives them: ${why}`, { path });
  try {
    const frozen = JSON.parse(await readFile(path, 'utf8')) as FrozenInFull;
    const { content, figuresId, sha256 } = frozen;
    if (typeof figuresId !== 'string' || typeof sha256 !== 'string' || !Number.isSafeInteger(content.question.position) || !Array.isArray(content.figures) || !Array.isArray(content.definitions)) throw new Error('a part is missing');
    return frozen;
  } catch (error) {
    throw unreadable((error as Error).message);
  }
};

/** What an export says of the figures: the ledgers as of their position, and the fact by which they were frozen. */
interface Gathered {
  readonly ledgers: readonly Ledger[];
  readonly frozenFact: RecordedEvent<PeriodFrozen> | null;
}

const gather = async (path: string, trusted: ExportTrust, { figuresId, content: { question: { position } } }: FrozenInFull): Promise<Gathered | Verdict> => {
  const verifier = new ExportVerifier(trusted);
  const ledgers = new Map<string, Ledger>();
  let frozenFact: RecordedEvent<PeriodFrozen> | null = null;
  let [first, last] = [0, 0];
  let unfoldable: string | null = null;
  await eachLine(path, (line) => {
    if (!verifier.take(line)) return false;
    const fact = factIn(line);
    if (fact === null) return true;
    if (first === 0) first = fact.position;
    last = fact.position;
    try {
      if (first === 1 && last <= position && isIncidentStream(fact.stream) && fact.type in incidentEventKinds) ledgers.set(fact.stream, foldLedger(ledgers.get(fact.stream) ?? null, eventOf(fact) as RecordedEvent<IncidentEvent>));
      if (fact.stream === frozenStreamOf(figuresId) && fact.type === 'PeriodFrozen') frozenFact = eventOf(fact) as RecordedEvent<PeriodFrozen>;
    } catch (error) {
      // A forged fact need not make sense; whether it is one is for the verifier to say.
      unfoldable ??= `position ${fact.position}: ${(error as Error).message}`;
    }
    return true;
  });
  const verdict = verifier.end();
  if (verdict.verdict !== 'ok') return verdict;
  if (unfoldable !== null) return undecided('figures.unfoldable', `The facts are as they were signed, and this program cannot count them: ${unfoldable}.`);
  if (first !== 1 || last < position) return undecided('evidence.export-too-short', `The figures are those of positions 1 to ${position}; the export holds positions ${first} to ${last}.`);
  return { ledgers: [...ledgers.values()], frozenFact };
};

/** Names of what a file says of figures beside their content and what is not so: the period above all is what people read first. */
const misstatedIn = (frozen: FrozenInFull, fact: RecordedEvent<PeriodFrozen> | null): readonly string[] => {
  const stands = { ...frozenHead(frozen.content), ...(fact ? { frozenAt: fact.recordedAt, frozenBy: fact.actor.id, frozenPosition: fact.position } : {}) };
  return Object.entries(stands).filter(([name, value]) => !isDeepStrictEqual(frozen[name as keyof typeof frozen], value)).map(([name]) => name);
};

/** 复算验证 Computes frozen figures again from the facts of an export, after the export itself has been verified. */
export const verifyFigure = async (path: string, exportFile: string, flags: VerifyFlags): Promise<Verdict> => {
  const frozen = await readFrozen(path);
  const { question, figures } = frozen.content;
  const found = await gather(exportFile, await trustIn(flags), frozen);
  if ('verdict' in found) return found;
  const text = frozenText(frozen.content);
  const fact = found.frozenFact;
  if (sha256Of(text) !== frozen.sha256) return altered('figures.altered', 'The figures are not those whose hash stands beside them.');
  if (fact && (fact.data.content !== text || fact.data.sha256 !== frozen.sha256)) return altered('figures.altered', 'The figures are not those that stand in the log.', fact.position);
  const misstated = misstatedIn(frozen, fact);
  if (misstated.length > 0) return altered('figures.altered', `The figures are those that were frozen, and what stands beside them is not: ${misstated.join(', ')}.`);
  const refreezing = new Refreezing(frozen.content);
  const counted = found.ledgers.filter((ledger) => refreezing.add(ledger)).length;
  const { text: again, redefined, differing } = refreezing.again();
  if (redefined.length > 0) return undecided('figures.redefined', `This program defines otherwise: ${redefined.join(', ')}. Use the one of the time of the freezing.`);
  if (differing.length > 0 || again !== text) {
    return { ...altered('figures.differ', `Computed from the facts, other numbers come out: ${differing.map(({ metric }) => metric).join(', ')}.`), details: { differing } };
  }
  const said = fact ? 'and stand so in the log' : 'though the export does not reach to where they were frozen, so that it cannot tell by whom and when';
  return ok(`${figures.length} figures over ${counted} incidents come out as they were frozen, ${said}.`, { position: question.position, sha256: frozen.sha256, figures: figures.map(({ metric, total }) => ({ metric, total })) });
};
