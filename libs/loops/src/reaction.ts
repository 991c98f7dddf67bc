import type { EventOf, IncidentEvent } from '#events';
import type { IncidentCommand } from '#incident';
import type { ClockName, Rung } from '#reference';

/** 循环 One ring of people: facts in, commands out. Pure; whether a command still makes sense the incident decides. */
export interface Loop {
  readonly name: string;
  readonly chinese: string;
  /** The facts that it may want something about; about all others it wants nothing. */
  readonly hears: readonly IncidentEvent['type'][];
  readonly react: (event: IncidentEvent) => readonly IncidentCommand[];
}

/** 超期升级 A limit of this rung passed and the policy makes it climb. A missed ruling is a failed arbitration. */
export const climbWhenLimitPasses = ({ data }: EventOf<'DeadlineBreached'>, from: Rung, to: Rung): readonly IncidentCommand[] =>
  data.rung === from && data.climbs
    ? [
        {
          type: 'EscalateIncident',
          data: {
            incidentId: data.incidentId, from, to, since: data.passedAt,
            trigger: data.clock === 'arbitrate' ? 'returns-exhausted' : 'deadline',
            reason: { code: `${data.clock}-limit-passed` },
          },
        },
      ]
    : [];

/** 力所不及 Declared beyond the ability of this rung. */
export const climbWhenDeclared = ({ data }: EventOf<'DeclaredBeyondAbility'>, from: Rung, to: Rung): readonly IncidentCommand[] =>
  data.rung === from ? [{ type: 'EscalateIncident', data: { incidentId: data.incidentId, from, to, trigger: 'declared', reason: data.reason } }] : [];

/** Clocks whose serious breach calls for supervision: somebody's work stands still. */
const supervised: readonly ClockName[] = ['dispatch', 'acknowledge', 'arrive', 'handle', 'arbitrate'];

/** 严重超期督办 */
export const superviseWhenSeriouslyLate = ({ data }: EventOf<'DeadlineSeriouslyBreached'>, rung: Rung): readonly IncidentCommand[] =>
  data.rung === rung && supervised.includes(data.clock)
    ? [{ type: 'IssueSupervision', data: { incidentId: data.incidentId, supervisionId: `late:${data.clockId}`, since: data.passedAt, reason: { code: `${data.clock}-seriously-late` } } }]
    : [];

/** 屡次返工督办 */
export const superviseWhenInspectionsFail = ({ data }: EventOf<'InspectionFailed'>, rung: Rung): readonly IncidentCommand[] =>
  data.rung === rung && data.supervises
    ? [{ type: 'IssueSupervision', data: { incidentId: data.incidentId, supervisionId: `rework:${data.round}:${data.failures}`, reason: { code: 'inspections-failed' } } }]
    : [];
