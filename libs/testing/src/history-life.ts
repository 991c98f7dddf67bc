import { channels, satisfactionGrades } from '#events';
import type { ClockChange, ClockName, ClockStarted, Grade, IncidentEvent, PlacePath, Reason, Sealed, Transfer } from '#events';
import { hour, minute, toIso } from '#kernel';
import type { Instant } from '#kernel';
import { above, grades, loopOf } from '#reference';
import type { Rung } from '#reference';

/** The facts of one incident, one after the other. */
export type Facts = Generator<IncidentEvent, void, void>;

interface Setting {
  readonly incidentId: string;
  readonly chance: () => number;
  readonly now: () => Instant;
}

export const pick = <T>(chance: () => number, items: readonly T[]): T => {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
};

const hexOf = (chance: () => number, digits: number): string => {
  let text = '';
  while (text.length < digits) text += Math.floor(chance() * 0x100000000).toString(16).padStart(8, '0');
  return text.slice(0, digits);
};

export const uuidOf = (chance: () => number): string => {
  const hex = hexOf(chance, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

const seal = (chance: () => number): Sealed => ({ keyId: `k-${hexOf(chance, 12)}`, sealed: hexOf(chance, 120) });
const reason = (code: string): Reason => ({ code });

/** Twelve streets of four communities of six grids. */
const placeOf = (chance: () => number): PlacePath => {
  const street = `S${String(1 + Math.floor(chance() * 12)).padStart(2, '0')}`;
  const community = `${street}-C${1 + Math.floor(chance() * 4)}`;
  return { grid: `${community}-G${1 + Math.floor(chance() * 6)}`, community, street, district: 'D01', city: 'CITY' };
};

const centreOf = (rung: Rung, place: PlacePath): string =>
  ({ grid: `${place.community}-station`, street: `${place.street}-centre`, district: 'D01-centre', city: 'CITY-centre' })[rung];

const unitOf = (rung: Rung, place: PlacePath, chance: () => number): string =>
  ({
    grid: `${place.community}-station`,
    street: `${place.street}-${pick(chance, ['sanitation', 'greening', 'order', 'roads'])}`,
    district: `D01-${pick(chance, ['housing', 'water', 'traffic', 'market', 'parks'])}`,
    city: `CITY-${pick(chance, ['transport', 'power', 'emergency'])}`,
  })[rung];

/** One incident that goes through its life by chance; every fact is of a shape that the engine itself could have recorded. */
export class Life {
  private readonly clocks = new Map<string, ClockStarted & { status: 'running' | 'paused' | 'stopped' }>();
  private ordinal = 0;
  private round = 1;
  private rung: Rung = 'grid';
  private unit = '';
  private dispatches = 0;
  private readonly place: PlacePath;

  constructor(private readonly setting: Setting) {
    this.place = placeOf(setting.chance);
  }

  private get of() {
    return { incidentId: this.setting.incidentId, round: this.round };
  }

  private happens(share: number): boolean {
    return this.setting.chance() < share;
  }

  private start(clock: ClockName, unit: string, hours: number, subject?: string): ClockStarted {
    this.ordinal += 1;
    const now = this.setting.now();
    const at = (part: number): string => toIso(now + Math.round(hours * hour * part));
    const started: ClockStarted = {
      change: 'start', clockId: `${clock}:${this.ordinal}`, clock, unit, rung: this.rung, limit: { amount: hours, unit: 'continuous-hour' },
      calendarVersion: 'calendar-1', startedAt: at(0), warnAt: at(0.8), dueAt: at(1), seriousAt: at(1.5), durationMs: hours * hour, consumedMs: 0,
      climbs: clock === 'handle', ...(subject === undefined ? {} : { subject }),
    };
    this.clocks.set(started.clockId, { ...started, status: 'running' });
    return started;
  }

  private each(names: readonly ClockName[] | 'all', from: readonly string[], to: 'running' | 'paused' | 'stopped', change: (clockId: string) => ClockChange): ClockChange[] {
    const changes: ClockChange[] = [];
    for (const clock of this.clocks.values()) {
      if (!from.includes(clock.status) || (names !== 'all' && !names.includes(clock.clock))) continue;
      clock.status = to;
      changes.push(change(clock.clockId));
    }
    return changes;
  }

  private stop(...names: ClockName[]): ClockChange[] {
    return this.each(names, ['running', 'paused'], 'stopped', (clockId) => ({ change: 'stop', clockId }));
  }

  private stopAll(): ClockChange[] {
    return this.each('all', ['running', 'paused'], 'stopped', (clockId) => ({ change: 'stop', clockId }));
  }

  private pause(...names: ClockName[]): ClockChange[] {
    return this.each(names, ['running'], 'paused', (clockId) => ({ change: 'pause', clockId, consumedMs: 30 * minute }));
  }

  private move(change: 'resume' | 'extend', from: 'running' | 'paused' | 'stopped', ...names: ClockName[]): ClockChange[] {
    const now = this.setting.now();
    const at = (hours: number): string => toIso(now + hours * hour);
    return this.each(names, [from], 'running', (clockId) => ({
      change, clockId, startedAt: at(0), warnAt: at(3), dueAt: at(4), seriousAt: at(6), durationMs: 6 * hour, consumedMs: 2 * hour,
    }));
  }

  *run(): Facts {
    yield* this.report();
    if (this.happens(0.03)) return yield* this.endBeforeFiling();
    yield this.filed();
    for (;;) {
      yield* this.work();
      if (this.happens(0.04)) return yield* this.endWithoutClosing();
      yield* this.close();
      if (!this.happens(0.05) || this.round > 2) return;
      this.round += 1;
      this.unit = centreOf(this.rung, this.place);
      const clocks = [...this.move('resume', 'stopped', 'citizen'), this.start('dispatch', this.unit, 2)];
      yield { type: 'Reopened', data: { ...this.of, rung: this.rung, accountableUnit: this.unit, reason: reason('not-done'), clocks } };
    }
  }

  private *report(): Facts {
    const { chance } = this.setting;
    const station = centreOf('grid', this.place);
    const centre = centreOf('street', this.place);
    const channel = pick(chance, channels);
    const intake = channel === 'grid' ? station : centre;
    const clocks = [this.start('accept', intake, 1), this.start('citizen', intake, 72)];
    yield {
      type: 'IncidentReported',
      data: {
        ...this.of, channel, externalId: this.happens(0.4) ? `X-${hexOf(chance, 10)}` : null, place: this.place,
        location: this.happens(0.8) ? { longitude: 121.5 + chance() / 10, latitude: 31.25 + chance() / 10 } : null,
        ruleHint: this.happens(0.5) ? 'C-01-01.1' : null, reporter: this.happens(0.5) ? seal(chance) : null, description: seal(chance),
        address: this.happens(0.5) ? seal(chance) : null, photos: this.happens(0.3) ? [{ sha256: hexOf(chance, 64), bytes: 120_000 }] : [], clocks,
      },
    };
    if (this.happens(0.2)) yield { type: 'Verified', data: { ...this.of, outcome: 'true', note: null, photos: [] } };
    yield { type: 'Accepted', data: { ...this.of, unit: intake, clocks: [...this.stop('accept'), this.start('dispatch', intake, 2)] } };
  }

  private *endBeforeFiling(): Facts {
    if (this.happens(0.5)) {
      yield { type: 'Declined', data: { ...this.of, unit: centreOf('street', this.place), reason: reason('not-ours'), clocks: this.stopAll() } };
    } else {
      yield { type: 'VoidRequested', data: { ...this.of, applicant: 'u1', unit: centreOf('street', this.place), reason: reason('in-error') } };
      yield { type: 'Voided', data: { ...this.of, applicant: 'u1', approver: 'u2', reason: reason('in-error'), clocks: this.stopAll() } };
    }
  }

  private filed(): IncidentEvent {
    const { chance } = this.setting;
    const grade: Grade = this.happens(0.9) ? 'general' : pick(chance, grades);
    this.rung = grade === 'extraordinary' ? 'city' : grade === 'major' ? 'district' : pick(chance, ['grid', 'grid', 'street'] as const);
    this.unit = centreOf(this.rung, this.place);
    const condition = 1 + Math.floor(chance() * 3);
    const subclassCode = `C-0${1 + Math.floor(chance() * 5)}-0${1 + Math.floor(chance() * 9)}`;
    return {
      type: 'Filed',
      data: {
        ...this.of, catalogueVersion: 'catalogue-1', ruleId: `${subclassCode}.${condition}`, subclassCode, scenario: pick(chance, ['street-order', 'flood', '']),
        dutyVersion: 'duty-1', policyVersion: 'policy-1', calendarVersion: 'calendar-1', grade, rung: this.rung,
        enteredBy: grade === 'general' || grade === 'larger' ? null : 'grade', accountableUnit: this.unit,
        clocks: [...this.stop('dispatch'), this.start('dispatch', this.unit, 2)],
      },
    };
  }

  private *work(): Facts {
    if (this.happens(0.05)) yield* this.whistle();
    yield this.dispatched(false);
    let returns = 0;
    while (this.happens(0.1)) {
      returns += 1;
      yield* this.returned(returns);
      if (returns === 3) break;
    }
    yield { type: 'DispatchAcknowledged', data: { ...this.of, unit: this.unit, clocks: this.stop('acknowledge') } };
    if (this.happens(0.1)) yield* this.late();
    if (this.happens(0.1) && above(this.rung) !== null) {
      yield* this.moved();
      yield this.dispatched(false);
      yield { type: 'DispatchAcknowledged', data: { ...this.of, unit: this.unit, clocks: this.stop('acknowledge') } };
    }
    if (this.happens(0.6)) yield { type: 'FirstContactMade', data: { ...this.of, unit: this.unit, clocks: this.stop('contact') } };
    if (this.happens(0.8)) yield { type: 'Arrived', data: { ...this.of, unit: this.unit, location: null, clocks: this.stop('arrive') } };
    if (this.happens(0.08)) yield* this.paused();
    if (this.happens(0.05)) yield* this.supervised();
    yield this.handled();
    while (this.happens(0.1)) yield* this.reworked();
  }

  private dispatched(final: boolean): IncidentEvent {
    const { chance } = this.setting;
    this.unit = unitOf(this.rung, this.place, chance);
    this.dispatches += 1;
    const assisting = this.happens(0.1) ? ['D01-assisting'] : [];
    const informed = this.happens(0.1) ? ['D01-informed'] : [];
    const clocks = [
      ...this.stop('dispatch', 'arbitrate', 'handle'), this.start('handle', this.unit, 8), this.start('acknowledge', this.unit, 1),
      this.start('contact', this.unit, 1), this.start('arrive', this.unit, 2),
    ];
    return { type: 'Dispatched', data: { ...this.of, ordinal: this.dispatches, accountableUnit: this.unit, assisting, informed, suggestion: null, final, clocks } };
  }

  private *returned(returns: number): Facts {
    const unit = this.unit;
    this.unit = centreOf(this.rung, this.place);
    const clocks = [...this.stop('acknowledge', 'contact', 'arrive'), ...this.pause('handle')];
    const dispatch = returns < 3 ? [this.start('dispatch', this.unit, 2)] : [];
    yield { type: 'DispatchReturned', data: { ...this.of, unit, accountableUnit: this.unit, reason: reason('not-ours'), returns, clocks: [...clocks, ...dispatch] } };
    if (returns === 3) {
      const arbiter = centreOf(above(this.rung) ?? this.rung, this.place);
      yield { type: 'ArbitrationOpened', data: { ...this.of, arbiter, returns, clocks: [this.start('arbitrate', arbiter, 4)] } };
      yield { type: 'Arbitrated', data: { ...this.of, arbiter, unit, reason: reason('named'), clocks: this.stop('arbitrate') } };
    }
    yield this.dispatched(returns === 3);
  }

  private *late(): Facts {
    const handle = [...this.clocks.values()].find(({ clock, status }) => clock === 'handle' && status === 'running');
    if (!handle) return;
    const moment = { ...this.of, clockId: handle.clockId, clock: handle.clock, unit: handle.unit, rung: handle.rung };
    yield { type: 'DeadlineWarned', data: { ...moment, passedAt: handle.warnAt } };
    yield { type: 'DeadlineBreached', data: { ...moment, passedAt: handle.dueAt, climbs: handle.climbs } };
    if (this.happens(0.4)) yield { type: 'DeadlineSeriouslyBreached', data: { ...moment, passedAt: handle.seriousAt } };
    if (!this.happens(0.3)) return;
    yield { type: 'ExemptionRequested', data: { ...this.of, clockId: handle.clockId, applicant: 'u3', unit: handle.unit, reason: reason('typhoon') } };
    yield this.happens(0.5)
      ? { type: 'ExemptionGranted', data: { ...this.of, clockId: handle.clockId, approver: 'u4', reason: reason('typhoon') } }
      : { type: 'ExemptionDenied', data: { ...this.of, clockId: handle.clockId, approver: 'u4', reason: reason('no-reason') } };
  }

  private *moved(): Facts {
    const from = this.rung;
    const to = above(from) ?? from;
    yield { type: 'DeclaredBeyondAbility', data: { ...this.of, unit: this.unit, rung: from, reason: reason('no-equipment') } };
    yield { type: 'Escalated', data: { ...this.of, ...this.transfer(from, to), trigger: 'declared' } };
    if (!this.happens(0.2)) return;
    yield { type: 'Delegated', data: { ...this.of, ...this.transfer(to, from), trigger: 'declared' } };
  }

  private transfer(fromRung: Rung, toRung: Rung): Transfer & { readonly clocks: readonly ClockChange[] } {
    const fromUnit = this.unit;
    this.rung = toRung;
    this.unit = centreOf(toRung, this.place);
    const clocks = [...this.stop('handle', 'acknowledge', 'contact', 'arrive', 'dispatch'), this.start('dispatch', this.unit, 2)];
    return { fromRung, toRung, fromLoop: loopOf(fromRung), toLoop: loopOf(toRung), fromUnit, accountableUnit: this.unit, reason: reason('beyond'), clocks };
  }

  private *paused(): Facts {
    const until = toIso(this.setting.now() + 48 * hour);
    const asked = { ...this.of, applicant: 'u3', unit: this.unit, reason: reason('rain') };
    const handle = [...this.clocks.values()].find(({ clock, status }) => clock === 'handle' && status === 'running');
    if (handle && this.happens(0.5)) {
      yield { type: 'ExtensionRequested', data: { ...asked, clockId: handle.clockId, addedMs: 2 * hour } };
      if (this.happens(0.3)) return yield { type: 'ExtensionDenied', data: { ...this.of, approver: 'u4', reason: reason('enough-time') } };
      const clocks = this.move('extend', 'running', 'handle');
      return yield { type: 'Extended', data: { ...this.of, applicant: 'u3', approver: 'u4', addedMs: 2 * hour, reason: reason('rain'), clocks } };
    }
    yield { type: 'SuspensionRequested', data: { ...asked, until } };
    if (this.happens(0.3)) return yield { type: 'SuspensionDenied', data: { ...this.of, approver: 'u4', reason: reason('no-reason') } };
    const clocks = [...this.pause('handle'), this.start('suspension', this.unit, 48)];
    yield { type: 'Suspended', data: { ...this.of, applicant: 'u3', approver: 'u4', until, reason: reason('rain'), clocks } };
    yield { type: 'Resumed', data: { ...this.of, by: 'person', clocks: [...this.stop('suspension'), ...this.move('resume', 'paused', 'handle')] } };
  }

  private *supervised(): Facts {
    const supervisionId = `supervision-${hexOf(this.setting.chance, 8)}`;
    yield { type: 'Urged', data: { ...this.of, unit: this.unit, by: 'u5', note: null } };
    const clocks = [this.start('supervise', this.unit, 4, supervisionId)];
    yield { type: 'SupervisionIssued', data: { ...this.of, supervisionId, by: 'D01-centre', unit: this.unit, reason: reason('slow'), clocks } };
    yield { type: 'SupervisionAnswered', data: { ...this.of, supervisionId, unit: this.unit, note: null, clocks: this.stop('supervise') } };
  }

  private *whistle(): Facts {
    const whistleId = `whistle-${hexOf(this.setting.chance, 8)}`;
    const units = ['D01-summoned', 'D01-water'];
    const clocks = units.map((unit) => this.start('whistle', unit, 1, whistleId));
    yield { type: 'Whistled', data: { ...this.of, whistleId, by: centreOf('street', this.place), units, reason: reason('together'), clocks } };
    const arrived = [{ change: 'stop', clockId: clocks[0]?.clockId ?? '' }] as const;
    yield { type: 'ReportedIn', data: { ...this.of, whistleId, unit: 'D01-summoned', location: null, clocks: arrived } };
    yield { type: 'ReportInMissed', data: { ...this.of, whistleId, unit: 'D01-water', dueAt: clocks[1]?.dueAt ?? '' } };
    yield { type: 'WhistleEnded', data: { ...this.of, whistleId, by: centreOf('street', this.place), clocks: this.stop('whistle') } };
  }

  private handled(): IncidentEvent {
    const clocks = [...this.stop('acknowledge', 'contact', 'arrive', 'handle'), this.start('inspect', centreOf(this.rung === 'grid' ? 'street' : this.rung, this.place), 4)];
    return { type: 'Handled', data: { ...this.of, unit: this.unit, handler: 'u3', onTheSpot: false, note: null, photos: [], clocks } };
  }

  private *reworked(): Facts {
    const failed = { ...this.of, inspector: 'u6', unit: centreOf('street', this.place), drawn: false, reason: reason('not-done'), photos: [], failures: 1, rung: this.rung, supervises: false };
    yield { type: 'InspectionFailed', data: { ...failed, clocks: this.stop('inspect') } };
    this.dispatches += 1;
    yield { type: 'ReworkOrdered', data: { ...this.of, accountableUnit: this.unit, ordinal: this.dispatches, clocks: [this.start('handle', this.unit, 8)] } };
    yield this.handled();
  }

  private *endWithoutClosing(): Facts {
    if (this.happens(0.5)) {
      const into = uuidOf(this.setting.chance);
      return yield { type: 'Merged', data: { ...this.of, into, reason: reason('same'), clocks: this.stopAll() } };
    }
    yield { type: 'ForceCloseRequested', data: { ...this.of, applicant: 'u1', unit: this.unit, reason: reason('impossible') } };
    const forced = { ...this.of, applicant: 'u1', approver: 'u2', rung: this.rung, handlingUnit: this.unit, reason: reason('impossible') };
    yield { type: 'ForceClosed', data: { ...forced, clocks: this.stopAll() } };
  }

  private *close(): Facts {
    const centre = centreOf(this.rung === 'grid' ? 'street' : this.rung, this.place);
    yield { type: 'InspectionPassed', data: { ...this.of, inspector: 'u6', unit: centre, drawn: false, note: null, photos: [], clocks: this.stop('inspect') } };
    yield { type: 'Closed', data: { ...this.of, closedBy: 'u7', unit: centre, rung: this.rung, handlingUnit: this.unit, selfHandled: false, clocks: this.stopAll() } };
    if (!this.happens(0.3)) return;
    yield { type: 'Visited', data: { ...this.of, reached: true, note: null } };
    const grade = pick(this.setting.chance, satisfactionGrades);
    yield { type: 'SatisfactionRecorded', data: { ...this.of, grade } };
    if (grade !== 'dissatisfied') return;
    const rectificationId = `rectification-${hexOf(this.setting.chance, 8)}`;
    yield { type: 'RectificationOpened', data: { ...this.of, unit: this.unit, rectificationId, clocks: [this.start('rectify', this.unit, 24, rectificationId)] } };
    yield { type: 'RectificationCompleted', data: { ...this.of, unit: this.unit, rectificationId, note: null, clocks: this.stop('rectify') } };
  }
}
