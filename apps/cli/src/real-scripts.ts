import { deterministicId } from '#engine';
import { day, fromIso, minute } from '#kernel';
import type { Sealed } from '#kernel';
import type { Pace, Script } from '#play';
import type { City } from '#reference';
import type { MappedReport } from '#tables';

/**
 * Steps between report and work that foreign tables say nothing about, at the pace of a calm desk. Only the report and the end of the
 * work are real; where the real work took less than these steps, they are shortened to fit before it.
 */
const calmPace: Pace = {
  acceptMs: 5 * minute, fileMs: 3 * minute, dispatchMs: 5 * minute, acknowledgeMs: 10 * minute, contactMs: 5 * minute, arriveMs: 20 * minute,
  inspectMs: 30 * minute, closeMs: 10 * minute, reworkMs: 60 * minute, visitMs: day, answerMs: 120 * minute,
};
const stepsBeforeWorkMs = calmPace.acceptMs + calmPace.fileMs + calmPace.dispatchMs + calmPace.acknowledgeMs + calmPace.contactMs + calmPace.arriveMs;

const paceWithin = (workMs: number | null): Pace => {
  const share = workMs === null ? 1 : Math.min(1, Math.max(0.01, (0.9 * workMs) / stepsBeforeWorkMs));
  if (share === 1) return calmPace;
  const { acceptMs, fileMs, dispatchMs, acknowledgeMs, contactMs, arriveMs } = calmPace;
  const shorter = { acceptMs, fileMs, dispatchMs, acknowledgeMs, contactMs, arriveMs };
  return { ...calmPace, ...Object.fromEntries(Object.entries(shorter).map(([name, ms]) => [name, Math.max(1, Math.floor(ms * share))])) };
};

/** Number of an imported report: the same row always becomes the same incident. */
export const importedIncidentId = ({ channel, externalId }: Pick<MappedReport, 'channel' | 'externalId'>): string => deterministicId('report', channel, externalId);

const endings = { closed: 'closed', duplicate: 'duplicate', transferred: 'declined', open: 'open' } as const;

/** What the real table says happened, as scripts for the play, in the order of the reports. Texts come sealed. */
export const scriptsOf = (reports: readonly MappedReport[], sealed: (report: MappedReport) => { readonly description?: Sealed; readonly address?: Sealed }, city: City): readonly Script[] => {
  const latest = new Map<string, { readonly incidentId: string; readonly at: number }>();
  const mergeMs = city.reference.policy.mergeDaysMax * day;
  return [...reports]
    .sort((a, b) => (a.reportedAt < b.reportedAt ? -1 : a.reportedAt > b.reportedAt ? 1 : a.externalId < b.externalId ? -1 : 1))
    .map((report): Script => {
      const incidentId = importedIncidentId(report);
      const reportedAt = fromIso(report.reportedAt);
      const closedAt = report.closedAt === null ? null : fromIso(report.closedAt);
      const key = `${report.gridCode} ${report.ruleId}`;
      const before = latest.get(key);
      const master = before && reportedAt - before.at <= mergeMs ? before.incidentId : undefined;
      if (report.outcome !== 'duplicate') latest.set(key, { incidentId, at: reportedAt });
      return {
        incidentId, reportedAt, channel: report.channel, externalId: report.externalId, gridCode: report.gridCode, ruleId: report.ruleId, grade: 'general',
        ...(report.location ? { location: report.location } : {}), ...sealed(report), ...(master === undefined ? {} : { duplicateOf: master }),
        ending: endings[report.outcome], workedUntil: closedAt, photo: null, pace: paceWithin(closedAt === null ? null : closedAt - reportedAt),
        returns: 0, failures: 0, closesOn: report.closesOn, extensionMinutes: null, satisfaction: null,
      };
    });
};

/** When a play of these scripts is over: a day after the last thing that the table knows of. */
export const endOf = (scripts: readonly Script[]): number =>
  scripts.reduce((latest, { reportedAt, workedUntil }) => Math.max(latest, reportedAt, workedUntil ?? 0), 0) + day;
