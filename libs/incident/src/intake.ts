import type { ClockChange, IncidentEvent } from '#events';
import { higher, height, rungs } from '#reference';
import type { CatalogueRule, City, Grade, PlacePath, Policy, Rung } from '#reference';
import type { CommandOf } from './commands.js';
import { allCentres, atAnyCentre, centreOn, cityIn, inStage, isEngine, of, refuse, ruling, sheet } from './ruling.js';
import type { World } from './ruling.js';
import type { AcceptedLife, Incident, Reported } from './state.js';
import { Story } from './story.js';

/** 照片 At most this many with one report (the owner's rule for every channel). */
export const photosMax = 6;
/** Letters of a text that somebody writes about an incident. */
export const textLengthMax = 2_000;
/** Minutes that can be asked for at once: those of a year. */
export const extensionMinutesMax = 525_600;

/** The centre that takes reports of a channel in first: the workstation what its own grid workers find, the street all the rest. */
const intakeRung = (channel: CommandOf<'ReportIncident'>['data']['channel']): Rung => (channel === 'grid' ? 'grid' : 'street');

const placeFor = (gridCode: string, location: { longitude: number; latitude: number } | undefined, world: World): PlacePath => {
  const city = cityIn(world);
  const path = city.pathOf(gridCode) ?? refuse('place.unknown-grid', `There is no grid "${gridCode}" in this city.`, { gridCode });
  const { west, south, east, north } = city.reference.bounds;
  if (location && (location.longitude < west || location.longitude > east || location.latitude < south || location.latitude > north)) {
    refuse('place.outside-city', 'The position lies outside the city.', { ...location, bounds: city.reference.bounds });
  }
  return path;
};

const ruleFor = (ruleId: string, world: World): CatalogueRule =>
  cityIn(world).rule(ruleId) ?? refuse('catalogue.unknown-rule', `The catalogue in force has no rule "${ruleId}".`, { ruleId });

const checkPhotos = (photos: readonly unknown[] | undefined): void => {
  if (photos && photos.length > photosMax) refuse('photo.too-many', `A report carries at most ${photosMax} photos.`, { photos: photos.length, photosMax });
};

const sameReport = (data: { readonly channel: string; readonly externalId?: string }, state: Incident, reporterId: string): boolean =>
  state.stage !== 'unknown' &&
  state.origin.channel === data.channel &&
  state.origin.externalId === (data.externalId ?? null) &&
  (data.externalId !== undefined || state.origin.reporterId === reporterId);

const notYetKnown = (state: Incident): Extract<Incident, { stage: 'unknown' }> =>
  state.stage === 'unknown' ? state : refuse('incident.number-taken', 'Another report already has this number.', { incidentId: state.origin.incidentId });

const reported = (data: CommandOf<'ReportIncident'>['data'], place: PlacePath, now: number, world: World): IncidentEvent => {
  const rung = intakeRung(data.channel);
  const unit = centreOn(rung, place, world).code;
  const clocks = sheet({ stage: 'unknown' }, world).start('accept', unit, rung, now).start('citizen', unit, rung, now);
  return {
    type: 'IncidentReported',
    data: {
      incidentId: data.incidentId, round: 1, channel: data.channel, externalId: data.externalId ?? null, place, location: data.location ?? null,
      ruleHint: data.ruleHint ?? null, reporter: data.reporter ?? null, description: data.description ?? null, address: data.address ?? null,
      photos: data.photos ?? [], clocks: clocks.changes,
    },
  };
};

/** 上报 Anyone may tell us; the same report twice is one report. */
export const reportIncident = ruling<'ReportIncident', unknown>({
  already: (data, state, { actor }) => sameReport(data, state, actor.id),
  may: (state) => notYetKnown(state),
  decide: (data, _state, { now }, world) => {
    const place = placeFor(data.gridCode, data.location, world);
    if (data.ruleHint !== undefined) ruleFor(data.ruleHint, world);
    checkPhotos(data.photos);
    return [reported(data, place, now, world)];
  },
});

interface Entry {
  readonly rung: Rung;
  /** Why it enters above the lowest rung that has a duty for it. */
  readonly enteredBy: 'rule' | 'grade' | null;
}

/** Rung for a rule and a grade at a place: the lowest rung that has a duty for it, or higher where the policy says so. */
export const entryOf = (rule: CatalogueRule, grade: Grade, place: PlacePath, city: City): Entry => {
  const lowest = rungs.find((rung) => city.dutiesFor(rule, rung, place).length > 0);
  if (!lowest) return refuse('duty.nobody-responsible', `The duty catalogue names nobody for rule ${rule.ruleId} at this place.`, { ruleId: rule.ruleId });
  return directEntry(city.reference.policy, rule, grade, lowest);
};

const directEntry = (policy: Policy, rule: CatalogueRule, grade: Grade, lowest: Rung): Entry => {
  const matching = policy.directEntry.filter(
    (entry) => (entry.grade === undefined || entry.grade === grade) && (entry.subject === undefined || entry.subject === rule.subclassCode || entry.subject === rule.classCode),
  );
  const top = matching.reduce<(typeof matching)[number] | null>((best, entry) => (best && height(best.rung) >= height(entry.rung) ? best : entry), null);
  if (!top || height(top.rung) <= height(lowest)) return { rung: lowest, enteredBy: null };
  return { rung: higher(top.rung, lowest), enteredBy: top.trigger };
};

const filed = (incident: { readonly incidentId: string; readonly place: PlacePath }, rule: CatalogueRule, grade: Grade, entry: Entry, clocks: readonly ClockChange[], world: World): IncidentEvent => {
  const { catalogue, duties, policy, calendar } = cityIn(world).reference;
  return {
    type: 'Filed',
    data: {
      incidentId: incident.incidentId, round: 1, catalogueVersion: catalogue.version, ruleId: rule.ruleId, subclassCode: rule.subclassCode,
      scenario: rule.scenario, dutyVersion: duties.version, policyVersion: policy.version, calendarVersion: calendar.version, grade,
      rung: entry.rung, enteredBy: entry.enteredBy, accountableUnit: centreOn(entry.rung, incident.place, world).code, clocks,
    },
  };
};

/**
 * 就地处置 Found, fixed and closed in one act, at once. Such incidents are a metric family of their own, and a share of them that the
 * policy sets is drawn for inspection: `chance` was drawn by the engine, not by the reporter, and stands in the log.
 */
export const reportHandledOnTheSpot = ruling<'ReportHandledOnTheSpot', Incident>({
  already: (data, state, { actor }) => sameReport(data, state, actor.id),
  may: (state, { actor }) => {
    notYetKnown(state);
    return actor.role === 'grid-worker' ? state : refuse('actor.not-a-grid-worker', 'Only a grid worker reports and handles in one act.', { role: actor.role });
  },
  decide: (data, state, { actor, now, chance }, world) => {
    const place = placeFor(data.gridCode, data.location, world);
    const workstation = centreOn('grid', place, world).code;
    if (workstation !== actor.unit) refuse('place.not-your-grid', 'Handling on the spot is for grids of your own workstation; report it instead.', { gridCode: data.gridCode });
    const rule = ruleFor(data.ruleId, world);
    if (!rule.onTheSpot) refuse('catalogue.not-on-the-spot', `Rule ${rule.ruleId} is not for handling on the spot; report it instead.`, { ruleId: rule.ruleId });
    if (data.handlingPhotos.length === 0) refuse('photo.missing', 'Handling on the spot needs at least one photo of the result.');
    checkPhotos([...(data.photos ?? []), ...data.handlingPhotos]);
    const entry = entryOf(rule, 'general', place, cityIn(world));
    if (entry.rung !== 'grid') refuse('catalogue.not-on-the-spot', `Rule ${rule.ruleId} enters at the ${entry.rung} rung; report it instead.`, { ruleId: rule.ruleId });
    const story = new Story(state, { actor, now }).tell(reported({ ruleHint: data.ruleId, ...data }, place, now, world));
    const incident = { incidentId: data.incidentId, round: 1 };
    story.tell({ type: 'Accepted', data: { unit: workstation, clocks: sheet(story.state, world).stop('accept').changes, ...incident } });
    story.tell(filed({ incidentId: data.incidentId, place }, rule, 'general', entry, [], world));
    story.tell({
      type: 'Handled',
      data: { unit: workstation, handler: actor.id, onTheSpot: true, note: data.handlingNote ?? null, photos: data.handlingPhotos, clocks: [], ...incident },
    });
    story.tell({
      type: 'Closed',
      data: {
        closedBy: actor.id, unit: workstation, rung: 'grid', handlingUnit: workstation, selfHandled: true,
        clocks: sheet(story.state, world).stop('citizen').changes, ...incident,
      },
    });
    const share = cityIn(world).reference.policy.samplingShare;
    const drawn = chance < share;
    const inspection = sheet(story.state, world);
    if (drawn) inspection.start('inspect', centreOn('street', place, world).code, 'grid', now);
    return story.tell({ type: 'SampleDrawn', data: { chance, share, drawn, clocks: inspection.changes, ...incident } }).events;
  },
});

/** 核实 Before filing, on site: is it true? */
export const verifyIncident = ruling<'VerifyIncident', Reported | AcceptedLife>({
  already: (data, state) => state.stage !== 'unknown' && state.verified === data.outcome,
  may: (state, context, world) => {
    const now = inStage(state, 'reported', 'accepted');
    if (context.actor.role !== 'grid-worker') atAnyCentre(now, context, world);
    return now;
  },
  decide: (data, state) => [{ type: 'Verified', data: { outcome: data.outcome, note: data.note ?? null, photos: data.photos ?? [], ...of(state) } }],
});

/** 受理 */
export const acceptIncident = ruling<'AcceptIncident', Reported>({
  already: (_data, state) => state.stage === 'accepted',
  may: (state, context, world) => {
    const now = inStage(state, 'reported');
    if (!isEngine(context)) atAnyCentre(now, context, world);
    return now;
  },
  decide: (_data, state, { actor, now }, world) => {
    const rung = rungs[allCentres(state.origin.place, world).indexOf(actor.unit)] ?? 'street';
    const unit = centreOn(rung, state.origin.place, world).code;
    return [{ type: 'Accepted', data: { unit, clocks: sheet(state, world).stop('accept').start('dispatch', unit, rung, now).changes, ...of(state) } }];
  },
});

/** 不予受理 */
export const declineIncident = ruling<'DeclineIncident', Reported | AcceptedLife>({
  already: (_data, state) => state.stage === 'declined',
  may: (state, context, world) => {
    const now = inStage(state, 'reported', 'accepted');
    atAnyCentre(now, context, world);
    return now;
  },
  decide: (data, state, { actor }, world) => [
    { type: 'Declined', data: { unit: actor.unit, reason: data.reason, clocks: sheet(state, world).stopWhere(() => true).changes, ...of(state) } },
  ],
});

/** 立案 Pins rule, policy and calendar, and puts the incident on its first rung. */
export const fileIncident = ruling<'FileIncident', AcceptedLife>({
  already: (data, state) => state.stage === 'open' && state.filing.ruleId === data.ruleId && state.filing.grade === data.grade,
  may: (state, context, world) => {
    const now = inStage(state, 'accepted');
    atAnyCentre(now, context, world);
    return now.verified === 'untrue' ? refuse('incident.verified-untrue', 'Verification on site found the report untrue; decline it or verify again.') : now;
  },
  decide: (data, state, { now }, world) => {
    const rule = ruleFor(data.ruleId, world);
    const entry = entryOf(rule, data.grade, state.origin.place, cityIn(world));
    const centre = centreOn(entry.rung, state.origin.place, world).code;
    const clocks = sheet(state, world).stop('dispatch').start('dispatch', centre, entry.rung, now).changes;
    return [filed(state.origin, rule, data.grade, entry, clocks, world)];
  },
});

