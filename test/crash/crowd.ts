import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '#play';
import type { Rung } from '#reference';
import { Desks, remember } from './matters.js';
import type { Matter, Shown } from './matters.js';
import type { Ledger, Sent } from './ledger.js';
import type { Telephone } from './telephone.js';
import type { Cast, Person } from './trial-city.js';

export interface CrowdOptions {
  readonly people: number;
  /** Reports in all; after that the crowd only goes on with what it has. */
  readonly incidentsMax: number;
  readonly photo: string;
  /** Reason codes of each command path. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
}

interface Detail {
  readonly incident: { readonly stage: string; readonly rung: Rung | null; readonly accountableUnit: string | null; readonly position: number };
  readonly allowedActions: readonly { readonly path: string; readonly allowed: boolean }[];
}

const endings: ReadonlySet<string> = new Set(['decline', 'merge', 'request-void', 'void', 'force-close', 'request-force-close', 'reopen']);
const mattersOfOne = 5;
const wearyAfter = 25;

/** 众人 Dozens of people at once who report, work and ask again when they got no answer, each with a few incidents of their own. */
export class Crowd {
  private readonly desks: Desks;
  private readonly reported: Matter[] = [];
  private reports = 0;
  private going = true;
  private readonly walks: Promise<void>[];

  constructor(
    private readonly cast: Cast,
    private readonly dice: Dice,
    private readonly telephone: Telephone,
    private readonly ledger: Ledger,
    private readonly options: CrowdOptions,
  ) {
    this.desks = new Desks(cast, dice, options.reasons);
    this.walks = Array.from({ length: options.people }, () => this.walk());
  }

  /** Nobody begins anything new; whoever is waiting for an answer keeps asking until the time is over. */
  async disperse(patienceMs: number): Promise<void> {
    this.going = false;
    await Promise.all(this.walks);
    const until = performance.now() + patienceMs;
    // What was needless left no trace and may be needed by now: asked again so late, it would be another wish.
    const needless = ({ answers }: Sent): boolean => answers.some((answer) => answer.kind === 'acknowledged' && answer.status === 'ignored');
    const open = (): Sent[] => this.ledger.sent.filter((sent) => !sent.forgetful && !needless(sent) && (sent.answers.at(-1)?.kind ?? 'unknown') === 'unknown');
    for (let left = open(); left.length > 0 && performance.now() < until; left = open()) {
      for (const sent of left) await this.post(sent);
    }
  }

  private async walk(): Promise<void> {
    const mine: { matter: Matter; steps: number }[] = [];
    const waiting: Sent[] = [];
    while (this.going) {
      await sleep(this.dice.between(10, 90));
      const again = waiting[0];
      if (again && this.dice.happens(0.7)) {
        if ((await this.post(again)) === 'unknown') await sleep(200);
        else waiting.shift();
        continue;
      }
      const chosen = mine.length > 0 && (mine.length >= mattersOfOne || this.dice.happens(0.85)) ? this.dice.pick(mine) : null;
      const step = chosen ? await this.act(chosen.matter) : await this.report();
      if (!step) continue;
      if (step.outcome === 'unknown') {
        if (!step.sent.forgetful) waiting.push(step.sent);
        await sleep(200);
      }
      if (step.matter && !chosen) mine.push({ matter: step.matter, steps: 0 });
      // Old matters are left to the clocks.
      if (chosen && (chosen.steps += 1) > wearyAfter) mine.splice(mine.indexOf(chosen), 1);
    }
  }

  /** Sends a command, once more if it was sent before, and notes what is answered. */
  private async post(sent: Sent): Promise<Answered> {
    const answer = await this.telephone.send(sent);
    this.ledger.answered(sent, answer);
    // Now and then an answer gets lost on the way and the sender asks again, at once.
    if (answer.kind === 'acknowledged' && this.dice.happens(0.04)) this.ledger.answered(sent, await this.telephone.send(sent));
    return answer.kind;
  }

  private async begin(person: Person, path: string, body: object): Promise<{ readonly sent: Sent; readonly outcome: Answered }> {
    const sent: Sent = { commandId: randomUUID(), person, path, body, answers: [], forgetful: this.dice.happens(0.12) };
    this.ledger.add(sent);
    return { sent, outcome: await this.post(sent) };
  }

  private async report(): Promise<Step | null> {
    if (this.reports >= this.options.incidentsMax) return null;
    this.reports += 1;
    const { dice, desks } = this;
    const gridCode = dice.pick(this.cast.grids);
    const path = desks.city.pathOf(gridCode);
    const person = dice.pick(desks.reporters.filter(({ place }) => place === null || place === path?.community));
    if (!path || !person) return null;
    const spot = person.role === 'grid-worker' && dice.happens(0.5);
    const rule = dice.pick(spot ? this.cast.rules.filter(({ onTheSpot }) => onTheSpot) : this.cast.rules);
    const channel = person.role === 'grid-worker' ? 'grid' : dice.pick(['hotline', 'citizen']);
    const words = dice.happens(0.5) ? { description: `${rule.subclassName}（示意）`, address: '示意路 1 号', reporter: { name: '示意市民', telephone: '13800001234' } } : {};
    const external = channel === 'hotline' ? { externalId: `H-${this.reports}-${Math.floor(dice.next() * 1e9)}` } : {};
    const body = { channel, gridCode, ...words, ...external, ...(spot ? { ruleId: rule.ruleId, handlingPhotos: [this.options.photo] } : { ruleHint: rule.ruleId }) };
    const { sent, outcome } = await this.begin(person, spot ? '/api/incidents/on-the-spot' : '/api/incidents', body);
    const answer = sent.answers.at(-1);
    if (answer?.kind !== 'acknowledged') return { sent, outcome, matter: null };
    const matter: Matter = { incidentId: answer.incidentId, path, rule, stage: spot ? 'closed' : 'reported', rung: 'grid', unit: '', position: answer.position };
    this.reported.push(matter);
    return { sent, outcome, matter };
  }

  private async act(matter: Matter): Promise<Step | null> {
    const { dice, desks } = this;
    const people = dice.happens(0.8) ? desks.next(matter) : desks.around(matter);
    if (people.length === 0) return this.look(matter, desks.centre('street', matter.path)[0]).then(() => null);
    const person = dice.pick(people);
    const curious = dice.happens(0.3);
    const step = (curious ? await this.possible(matter, person) : null) ?? desks.usualStep(matter);
    const earlier = this.reported.slice(0, Math.max(0, this.reported.indexOf(matter)));
    const body = desks.body(step, matter, person, curious ? await this.storyOf(matter, person) : [], earlier);
    if (body === null) return null;
    const { sent, outcome } = await this.begin(person, `/api/incidents/${matter.incidentId}/${step}`, body);
    const answer = sent.answers.at(-1);
    if (answer?.kind === 'acknowledged') remember(matter, step, body, answer.position);
    if (answer?.kind === 'refused') await this.look(matter, desks.centre('street', matter.path)[0]);
    return { sent, outcome, matter };
  }

  /** One of the things that the engine says this person could do now. */
  private async possible(matter: Matter, person: Person): Promise<string | null> {
    const detail = await this.look(matter, person);
    const allowed = (detail?.allowedActions ?? []).filter(({ allowed: yes }) => yes).map(({ path }) => path);
    const wanted = this.dice.happens(0.3) ? allowed : allowed.filter((path) => !endings.has(path));
    return wanted.length === 0 ? null : this.dice.pick(wanted);
  }

  private async storyOf({ incidentId }: Matter, person: Person): Promise<readonly Shown[]> {
    return (await this.telephone.ask<{ items: readonly Shown[] }>(`/api/incidents/${incidentId}/timeline`, person))?.items ?? [];
  }

  /** What the views say is believed unless one knows better. */
  private async look(matter: Matter, person: Person | undefined): Promise<Detail | null> {
    const detail = person ? await this.telephone.ask<Detail>(`/api/incidents/${matter.incidentId}`, person) : null;
    if (!detail || detail.incident.position < matter.position) return null;
    const { stage, rung, accountableUnit, position } = detail.incident;
    Object.assign(matter, { stage, rung: rung ?? matter.rung, unit: accountableUnit ?? '', position });
    return detail;
  }
}

type Answered = Sent['answers'][number]['kind'];

interface Step {
  readonly sent: Sent;
  readonly outcome: Answered;
  readonly matter: Matter | null;
}
