import type { Channel, SatisfactionGrade } from '#events';
import { addTime, spanOf } from '#deadlines';
import { deterministicId } from '#engine';
import { day, hour, minute } from '#kernel';
import type { Instant } from '#kernel';
import type { CatalogueRule, City, Place } from '#reference';
import { diceOf } from './chance.js';
import type { Dice } from './chance.js';
import type { Pace, Script } from './script.js';

export interface DayPlan {
  readonly seed: number;
  readonly incidents: number;
  /** Midnight, local time, of the day that is played. */
  readonly midnight: Instant;
  readonly photo: Script['photo'];
  /** Where it happens; in all of the city, where it is missing. */
  readonly grids?: readonly Place[];
}

/** Shares of a day's reports by channel, roughly those of a street in the source texts: patrols find most, the hotline comes next. */
const channelShares: readonly (readonly [Channel, number])[] = [
  ['grid', 0.5], ['hotline', 0.24], ['citizen', 0.12], ['sensor', 0.05], ['video', 0.05], ['department', 0.03], ['enterprise', 0.01],
];

const channelBy = (dice: Dice): Channel => {
  let left = dice.next();
  for (const [channel, share] of channelShares) {
    left -= share;
    if (left < 0) return channel;
  }
  return 'grid';
};

/** Reports come from seven in the morning to eleven at night, most of them in working hours. */
const momentBy = (dice: Dice, midnight: Instant): Instant => {
  const hours = dice.happens(0.75) ? dice.between(8, 18) : dice.between(7, 23);
  return midnight + Math.round(hours * hour);
};

const satisfactionBy = (dice: Dice): SatisfactionGrade | null => {
  if (!dice.happens(0.5)) return null;
  const at = dice.next();
  return at < 0.6 ? 'satisfied' : at < 0.8 ? 'mostly-satisfied' : at < 0.92 ? 'neutral' : 'dissatisfied';
};

interface Rules {
  readonly all: readonly CatalogueRule[];
  /** Those that the grid loop has a duty for. */
  readonly grid: readonly CatalogueRule[];
}

/** Share of reports that are small enough for the grid loop from the start. */
const gridShare = 0.45;

const paceBy = (dice: Dice): Pace => ({
  acceptMs: dice.between(2, 9) * minute,
  fileMs: dice.between(1, 5) * minute,
  dispatchMs: (dice.happens(0.04) ? dice.between(16, 60) : dice.between(2, 10)) * minute,
  acknowledgeMs: dice.between(3, 20) * minute,
  contactMs: dice.between(2, 15) * minute,
  arriveMs: (dice.happens(0.06) ? dice.between(150, 400) : dice.between(8, 35)) * minute,
  inspectMs: dice.between(10, 90) * minute,
  closeMs: dice.between(2, 20) * minute,
  reworkMs: dice.between(30, 180) * minute,
  visitMs: dice.between(2, 20) * hour,
  answerMs: dice.between(30, 300) * minute,
});

/** What goes wrong on the way, at rates that leave something of everything in a day of a few hundred reports. */
const troubleBy = (dice: Dice, limitMs: number): Pick<Script, 'returns' | 'failures' | 'closesOn' | 'extensionMinutes'> => ({
  returns: dice.happens(0.07) ? (dice.happens(0.25) ? 3 : 1) : 0,
  failures: dice.happens(0.06) ? (dice.happens(0.2) ? 2 : 1) : 0,
  closesOn: dice.happens(0.05) ? 'district' : dice.happens(0.06) ? 'street' : null,
  extensionMinutes: dice.happens(0.03) ? Math.round((limitMs / minute) * dice.between(0.2, 0.8)) : null,
});

const near = (dice: Dice, { longitude, latitude }: Place): Pick<Script, 'location'> =>
  longitude === null || latitude === null
    ? {}
    : { location: { longitude: longitude + dice.between(-0.0006, 0.0006), latitude: latitude + dice.between(-0.0006, 0.0006) } };

interface Told {
  readonly ordinal: number;
  readonly grid: Place;
  readonly rule: CatalogueRule;
  readonly earlier: readonly Script[];
}

const endingOf = (dice: Dice, channel: Channel, rule: CatalogueRule, photo: Script['photo'], known: boolean): Script['ending'] => {
  if (channel === 'grid' && rule.onTheSpot && photo !== null && dice.happens(0.55)) return 'self-handled';
  if (known && dice.happens(0.8)) return 'duplicate';
  return channel !== 'grid' && dice.happens(0.03) ? 'declined' : 'closed';
};

const scriptOf = (dice: Dice, plan: DayPlan, city: City, { ordinal, grid, rule, earlier }: Told): Script => {
  const { policy, calendar } = city.reference;
  const channel = channelBy(dice);
  const reportedAt = momentBy(dice, plan.midnight);
  const span = spanOf(rule.handleLimit, policy.hoursPerWorkingDay);
  // Most work takes an eighth to nearly all of its limit; some takes longer, and then it climbs.
  const part = dice.happens(0.13) ? dice.between(1.1, 2.6) : dice.between(0.12, 0.9);
  const same = earlier.filter((script) => script.gridCode === grid.code && script.ruleId === rule.ruleId && script.reportedAt < reportedAt).at(-1);
  const heard = channel !== 'grid' && channel !== 'sensor' && channel !== 'video';
  return {
    incidentId: deterministicId('play-day', plan.seed, plan.midnight, ordinal),
    reportedAt, channel, gridCode: grid.code, ruleId: rule.ruleId,
    ...(channel === 'grid' ? {} : { externalId: `${channel}-${plan.seed}-${ordinal}` }),
    ...near(dice, grid),
    grade: dice.happens(0.006) ? 'larger' : 'general',
    ending: endingOf(dice, channel, rule, plan.photo, same !== undefined),
    ...(same ? { duplicateOf: same.incidentId } : {}),
    workedUntil: addTime(calendar, span.kind, reportedAt + 40 * minute, Math.round(span.ms * part)),
    photo: plan.photo,
    pace: paceBy(dice),
    ...troubleBy(dice, span.ms),
    satisfaction: heard ? satisfactionBy(dice) : null,
  };
};

/** 一天 A day of incidents in a city, the same for the same seed. Made up (示意); the rules that judge it are the city's own. */
export const dayOf = (city: City, plan: DayPlan): readonly Script[] => {
  const dice = diceOf(plan.seed);
  const grids = plan.grids ?? city.reference.places.filter(({ kind }) => kind === 'grid');
  const { rules: all } = city.reference.catalogue;
  const somewhere = grids[0] ? city.pathOf(grids[0].code) : null;
  const inGrid = somewhere ? all.filter((rule) => city.dutiesFor(rule, 'grid', somewhere).length > 0) : [];
  const rules: Rules = { all, grid: inGrid.length > 0 ? inGrid : all };
  const scripts: Script[] = [];
  // A part of the reports comes from few places, as in life: there they meet earlier ones of the same kind.
  const busy = grids.filter((_grid, index) => index % 60 === 0);
  for (let ordinal = 0; ordinal < plan.incidents; ordinal += 1) {
    const rule = dice.pick(dice.happens(gridShare) ? rules.grid : rules.all);
    const grid = dice.pick(dice.happens(0.3) ? busy : grids);
    scripts.push(scriptOf(dice, plan, city, { ordinal, grid, rule, earlier: scripts }));
  }
  return scripts;
};

/** Local midnight at or before a moment. */
export const midnightBefore = (moment: Instant, utcOffsetMinutes: number): Instant => {
  const offset = utcOffsetMinutes * minute;
  return Math.floor((moment + offset) / day) * day - offset;
};
