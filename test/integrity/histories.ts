import { hour } from '#kernel';
import { libraryOf } from '#reference';
import { closed, nothing, smallReference } from '#scenario';
import type { History } from '#scenario';

export const other = { code: 'other' };
const photo = { sha256: 'a'.repeat(64), bytes: 9 };

/** A policy under which nothing climbs by itself, so that lateness stays where it is. */
const still = libraryOf([{ ...smallReference, policy: { ...smallReference.policy, climbsOn: { grid: [], street: [], district: [], city: [] } } }]);

export const stillAcknowledged = (): History =>
  nothing().withLibrary(still).does('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' }).does('dispatcher', { type: 'AcceptIncident' })
    .does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' });

/** 就地处置 By grid worker A; drawn for inspection when `chance` is below the policy's share of a tenth. */
export const onTheSpot = (chance = 0.99): History =>
  nothing().withChance(chance).does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [photo] });

export const returned = (history: History): History => history.does('roads', { type: 'ReturnDispatch', reason: other });
export const dispatchedTo = (unit: string, history: History): History => history.does('dispatcher', { type: 'DispatchIncident', unit });

export const handledAndClosed = (history: History): History =>
  history.does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });

export const reopened = (): History => closed().later(hour).does('dispatcher', { type: 'ReopenIncident', reason: other });

/** The clock of a name that ran last. */
export const clockOf = (history: History, name: string) => {
  const clocks = history.state.stage === 'unknown' ? [] : [...history.state.clocks.values()];
  const clock = clocks.filter((each) => each.clock === name).at(-1);
  if (!clock) throw new Error(`no clock ${name} was started`);
  return clock;
};

/** Which units were late, and with what. */
export const lateOnes = (history: History): readonly string[] =>
  history.state.stage === 'unknown' ? [] : [...history.state.clocks.values()].filter(({ breached }) => breached).map(({ clock, unit }) => `${clock} ${unit}`);
