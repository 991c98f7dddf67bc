import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import type { Engine } from '#assembly';
import type { Dice } from '#play';
import { check } from './checks.js';
import type { Check } from './checks.js';
import { Crowd } from './crowd.js';
import { Ledger } from './ledger.js';
import { dealtFrom } from './rigs.js';
import type { Rig } from './rigs.js';
import { Telephone } from './telephone.js';
import { settle } from './trial-city.js';
import type { Cast } from './trial-city.js';
import { verify } from './verify.js';

export interface TrialOptions {
  readonly rounds: number;
  readonly people: number;
  readonly incidentsMax: number;
  readonly say: (line: string) => void;
  /** The city is settled and the engine is up. */
  readonly onUp?: (cast: Cast) => Promise<void>;
  /** Everybody has stopped asking; the programs still run. */
  readonly onCalm?: () => Promise<void>;
}

export interface TrialResult {
  readonly checks: readonly Check[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Acknowledgements that show that the engine works again. */
const signsOfLife = 3;
const recoveryMaxMs = 60_000;

/** A grey square: a photo that shows nothing. PNG, ISO/IEC 15948. */
const greyPhoto = (): Buffer => {
  const side = 64;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((side + 1) * side, 128);
  for (let y = 0; y < side; y += 1) rows[y * (side + 1)] = 0;
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
};

const withEngine = async <Value>(rig: Rig, work: (engine: Engine) => Promise<Value>): Promise<Value> => {
  const engine = await rig.open();
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
};

/** Waits until the engine has acknowledged something again; answers how long that took. */
const recovery = async (ledger: Ledger, since: number): Promise<number> => {
  const before = ledger.acknowledged;
  while (ledger.acknowledged < before + signsOfLife) {
    if (performance.now() - since > recoveryMaxMs) throw new Error(`nothing was acknowledged within ${recoveryMaxMs} ms after a blow`);
    await sleep(10);
  }
  return performance.now() - since;
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(2).padStart(5);

/** 折腾 The rounds: people work, something is killed, it comes back, people ask again and go on. */
const rounds = async (rig: Rig, ledger: Ledger, dice: Dice, { rounds: count, say }: TrialOptions): Promise<number> => {
  const nextBlow = dealtFrom(rig.blows, dice);
  let slowest = 0;
  for (let round = 1; round <= count; round += 1) {
    const before = ledger.figures();
    const peaceMs = dice.between(400, 1_900);
    await sleep(peaceMs);
    const blow = nextBlow();
    const since = performance.now();
    await rig.strike(blow);
    await sleep(dice.between(0, 250));
    const stumbles = dice.happens(0.25) ? dice.between(100, 3_000) : null;
    if (stumbles !== null) await rig.stumble(stumbles);
    await rig.up();
    const tookMs = await recovery(ledger, since);
    slowest = Math.max(slowest, tookMs);
    const now = ledger.figures();
    say(
      `${rig.name} ${String(round).padStart(2)}/${count}  after ${seconds(peaceMs).trim()} s ${blow}${stumbles === null ? '' : `, and once more ${seconds(stumbles).trim()} s into the next start`}: ` +
      `works again after ${seconds(tookMs).trim()} s, ${now.acknowledged - before.acknowledged} acknowledged, ${now.askedAgain - before.askedAgain} asked again, ${now.refused - before.refused} refused`,
    );
  }
  return slowest;
};

export const trial = async (rig: Rig, dice: Dice, options: TrialOptions): Promise<TrialResult> => {
  const ledger = new Ledger();
  const telephone = new Telephone(() => rig.address());
  try {
    const cast = await withEngine(rig, (engine) => settle(engine, 'seeds/yangpu'));
    await rig.up();
    await options.onUp?.(cast);
    const worker = cast.people.find(({ role }) => role === 'grid-worker');
    if (!worker) throw new Error('the trial city has no grid worker');
    const told = await telephone.ask<{ commands: readonly { path: string; reasons: object | null }[] }>('/api/reference', worker);
    if (!told) throw new Error('the engine does not tell its reference data');
    const reasons = new Map(told.commands.flatMap(({ path, reasons: codes }) => (codes ? [[path, Object.keys(codes)] as const] : [])));
    const crowd = new Crowd(cast, dice, telephone, ledger, { people: options.people, incidentsMax: options.incidentsMax, photo: await telephone.upload(greyPhoto(), worker), reasons });
    const slowestMs = await rounds(rig, ledger, dice, options);
    await crowd.disperse(30_000);
    await options.onCalm?.();
    const untidy = await rig.down();
    const { checks, facts, incidents } = await withEngine(rig, (engine) => verify(engine, ledger));
    const figures = { rounds: options.rounds, ...ledger.figures(), incidents, facts, slowestRecoveryMs: Math.round(slowestMs) };
    return { figures, checks: [...checks, check('no program died but of the trial', options.rounds, rig.casualties), check('every program ended in order when it was asked to', 1, untidy)] };
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : String(error), ...rig.casualties].join('; '), { cause: error });
  } finally {
    telephone.hangUp();
    await rig.dispose();
  }
};
