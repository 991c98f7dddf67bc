import type { Dice } from '#play';
import type { CatalogueRule, City, Grade, PlacePath, Rung } from '#reference';
import type { Cast, Person } from './trial-city.js';

/** What people remember of an incident of theirs; what the clocks did meanwhile they learn when they are told no. */
export interface Matter {
  readonly incidentId: string;
  readonly path: PlacePath;
  readonly rule: CatalogueRule;
  stage: string;
  rung: Rung;
  unit: string;
  position: number;
}

/** A fact as the timeline shows it. */
export interface Shown {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const handlersOnly = (unit: { readonly kind: string }): boolean => unit.kind === 'workstation' || !unit.kind.endsWith('centre');

/** Who there is to do what, and with what words. */
export class Desks {
  private readonly byUnit = new Map<string, Person[]>();
  readonly reporters: readonly Person[];

  constructor(
    private readonly cast: Cast,
    private readonly dice: Dice,
    /** Reason codes of each command path, as the engine tells them. */
    private readonly reasons: ReadonlyMap<string, readonly string[]>,
  ) {
    for (const person of cast.people) this.byUnit.set(person.unit, [...(this.byUnit.get(person.unit) ?? []), person]);
    this.reporters = cast.people.filter(({ role }) => role === 'channel' || role === 'grid-worker');
  }

  get city(): City {
    return this.cast.city;
  }

  at(unit: string | undefined): readonly Person[] {
    return unit === undefined ? [] : (this.byUnit.get(unit) ?? []);
  }

  centre(rung: Rung, path: PlacePath): readonly Person[] {
    return this.at(this.city.centre(rung, path)?.code);
  }

  /** Everybody whom the incident could concern. */
  around({ path, unit }: Matter): readonly Person[] {
    return [...this.at(unit), ...(['grid', 'street', 'district', 'city'] as const).flatMap((rung) => this.centre(rung, path))];
  }

  /** Who takes the next step, as far as one remembers. */
  next({ stage, rung, path, unit }: Matter): readonly Person[] {
    switch (stage) {
      case 'dispatched':
      case 'acknowledged':
        return this.at(unit);
      case 'handled':
        return [...this.centre('grid', path), ...this.centre('street', path)].filter((person) => person.unit !== unit);
      case 'filed':
      case 'inspected':
        return this.centre(rung === 'grid' ? 'street' : rung, path);
      case 'arbitrating':
        return this.centre(rung === 'grid' ? 'street' : rung === 'street' ? 'district' : 'city', path);
      default:
        return this.centre('street', path);
    }
  }

  /** The step that people take nine times of ten. */
  usualStep({ stage }: Matter): string {
    const steps: Readonly<Record<string, readonly string[]>> = {
      reported: ['accept'], accepted: ['file'], filed: ['dispatch'], dispatched: ['acknowledge', 'acknowledge', 'acknowledge', 'return'],
      acknowledged: ['handle', 'handle', 'first-contact', 'arrive'], handled: ['pass-inspection', 'pass-inspection', 'pass-inspection', 'fail-inspection'], inspected: ['close'],
      arbitrating: ['arbitrate'], closed: ['visit', 'satisfaction', 'reopen', 'complete-rectification'],
    };
    return this.dice.pick(steps[stage] ?? ['urge']);
  }

  units(matter: Matter): readonly string[] {
    return this.city.dutiesFor(matter.rule, matter.rung, matter.path).map(({ unit }) => unit).filter(handlersOnly).map(({ code }) => code);
  }

  /** What is sent with a step; null when there is nothing to send it about. */
  body(step: string, matter: Matter, person: Person, story: readonly Shown[], others: readonly Matter[]): object | null {
    const { dice } = this;
    const codes = this.reasons.get(step);
    const said = codes ? { reason: { code: dice.pick(codes), ...(dice.happens(0.3) ? { note: '示意说明' } : {}) } } : {};
    const parts = this.partsOf(step, matter, person, story, others);
    return parts === null ? null : { ...said, ...parts };
  }

  private partsOf(step: string, matter: Matter, person: Person, story: readonly Shown[], others: readonly Matter[]): object | null {
    const { dice } = this;
    const units = this.units(matter);
    const open = (type: string, id: string, ended: string, mine: (data: Shown['data']) => boolean): unknown => {
      const over = new Set(story.filter((fact) => fact.type === ended).map(({ data }) => data[id]));
      return story.filter((fact) => fact.type === type && mine(fact.data) && !over.has(fact.data[id])).at(-1)?.data[id];
    };
    switch (step) {
      case 'verify': return { outcome: dice.happens(0.8) ? 'true' : 'untrue' };
      case 'file': return { ruleId: matter.rule.ruleId, grade: dice.pick<Grade>(['general', 'general', 'general', 'general', 'larger', 'major']) };
      case 'dispatch': return units.length === 0 ? null : { unit: dice.pick(units) };
      case 'arbitrate': return units.length === 0 ? null : { unit: dice.pick(units) };
      case 'handle': return { note: '已处置（示意）' };
      case 'visit': return { reached: dice.happens(0.8) };
      case 'satisfaction': return { grade: dice.pick(['satisfied', 'mostly-satisfied', 'dissatisfied', 'dissatisfied']) };
      case 'request-suspension': return { until: new Date(Date.now() + dice.between(1_500, 5_000)).toISOString() };
      case 'request-extension': return { addedMinutes: 1 };
      case 'escalate': return { from: matter.rung, to: person.role === 'city-dispatcher' ? 'city' : person.role === 'district-dispatcher' ? 'district' : 'street' };
      case 'delegate': return { to: dice.pick(['grid', 'street', 'district']) };
      case 'whistle': return { units: [...new Set([matter.unit, ...units].filter((unit) => unit !== '' && this.at(unit).length > 0))].slice(0, 3) };
      case 'merge': return others.length === 0 ? null : { into: dice.pick(others).incidentId };
      case 'answer-supervision': return wrapped('supervisionId', open('SupervisionIssued', 'supervisionId', 'SupervisionAnswered', ({ unit }) => unit === person.unit));
      case 'report-in': return wrapped('whistleId', open('Whistled', 'whistleId', 'WhistleEnded', ({ units: called }) => (called as string[]).includes(person.unit)));
      case 'end-whistle': return wrapped('whistleId', open('Whistled', 'whistleId', 'WhistleEnded', ({ by }) => by === person.unit));
      case 'request-exemption': return wrapped('clockId', open('DeadlineBreached', 'clockId', 'ExemptionRequested', ({ unit }) => unit === person.unit));
      case 'grant-exemption':
      case 'deny-exemption': return wrapped('clockId', story.filter(({ type }) => type === 'ExemptionRequested').at(-1)?.data['clockId']);
      default: return {};
    }
  }
}

const wrapped = (name: string, value: unknown): object | null => (value === undefined ? null : { [name]: value });

const after: Readonly<Record<string, string>> = {
  accept: 'accepted', decline: 'declined', file: 'filed', dispatch: 'dispatched', acknowledge: 'acknowledged', return: 'filed', arbitrate: 'dispatched', handle: 'handled',
  'pass-inspection': 'inspected', 'fail-inspection': 'acknowledged', close: 'closed', 'force-close': 'closed', reopen: 'filed', merge: 'merged', void: 'voided', delegate: 'filed',
  escalate: 'filed',
};

/** What a step that was acknowledged changes in memory. */
export const remember = (matter: Matter, step: string, body: object, position: number): void => {
  matter.stage = after[step] ?? matter.stage;
  matter.position = Math.max(matter.position, position);
  const { unit } = body as { unit?: string };
  if (unit !== undefined && (step === 'dispatch' || step === 'arbitrate')) matter.unit = unit;
};
