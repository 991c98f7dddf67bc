import type { IncidentEvent } from '#events';
import { Refusal } from '#kernel';
import type { CommandContext } from '#kernel';
import type { IncidentCommand, IncidentCommandType } from './commands.js';
import { acknowledgeDispatch, arbitrateReturn, dispatchIncident, recordArrival, recordFirstContact, recordHandling, returnDispatch } from './dispatch.js';
import {
  closeIncident, completeRectification, failInspection, forceCloseIncident, linkDuplicate, mergeIncident, openRectification, passInspection, recordSatisfaction,
  recordVisit, reopenIncident, requestForceClose, requestVoid, voidIncident,
} from './inspection.js';
import { acceptIncident, declineIncident, fileIncident, reportHandledOnTheSpot, reportIncident, verifyIncident } from './intake.js';
import {
  answerSupervision, blowWhistle, declareBeyondAbility, delegateIncident, denyExemption, endWhistle, escalateIncident, grantExemption, issueSupervision, reportIn,
  requestExemption, urgeIncident,
} from './oversight.js';
import { denyExtension, denySuspension, grantExtension, grantSuspension, requestExtension, requestSuspension, resumeIncident } from './pauses.js';
import type { AnyRuling, World } from './ruling.js';
import type { Incident } from './state.js';

/** Commands that somebody sends. `PassTime` is none: time passes for every command, see the loops. */
export type SentCommandType = Exclude<IncidentCommandType, 'PassTime'>;

const rulings: Readonly<Record<SentCommandType, AnyRuling>> = {
  ReportIncident: reportIncident,
  ReportHandledOnTheSpot: reportHandledOnTheSpot,
  VerifyIncident: verifyIncident,
  AcceptIncident: acceptIncident,
  DeclineIncident: declineIncident,
  FileIncident: fileIncident,
  DispatchIncident: dispatchIncident,
  AcknowledgeDispatch: acknowledgeDispatch,
  ReturnDispatch: returnDispatch,
  ArbitrateReturn: arbitrateReturn,
  RecordFirstContact: recordFirstContact,
  RecordArrival: recordArrival,
  RecordHandling: recordHandling,
  PassInspection: passInspection,
  FailInspection: failInspection,
  CloseIncident: closeIncident,
  RequestForceClose: requestForceClose,
  ForceCloseIncident: forceCloseIncident,
  RecordVisit: recordVisit,
  RecordSatisfaction: recordSatisfaction,
  OpenRectification: openRectification,
  CompleteRectification: completeRectification,
  ReopenIncident: reopenIncident,
  MergeIncident: mergeIncident,
  LinkDuplicate: linkDuplicate,
  RequestVoid: requestVoid,
  VoidIncident: voidIncident,
  RequestSuspension: requestSuspension,
  GrantSuspension: grantSuspension,
  DenySuspension: denySuspension,
  ResumeIncident: resumeIncident,
  RequestExtension: requestExtension,
  GrantExtension: grantExtension,
  DenyExtension: denyExtension,
  UrgeIncident: urgeIncident,
  IssueSupervision: issueSupervision,
  AnswerSupervision: answerSupervision,
  DeclareBeyondAbility: declareBeyondAbility,
  EscalateIncident: escalateIncident,
  DelegateIncident: delegateIncident,
  BlowWhistle: blowWhistle,
  ReportIn: reportIn,
  EndWhistle: endWhistle,
  RequestExemption: requestExemption,
  GrantExemption: grantExemption,
  DenyExemption: denyExemption,
};

/** 决策 What one command records about one incident: facts, nothing because it already holds, or a `Refusal`. */
export const decide = (command: IncidentCommand, state: Incident, context: CommandContext, world: World): readonly IncidentEvent[] =>
  command.type === 'PassTime' ? [] : rulings[command.type].decide(command, state, context, world);

/** One thing that a person could do now, or why not. */
export interface ActionAnswer {
  readonly command: SentCommandType;
  readonly allowed: boolean;
  readonly code?: string;
  readonly message?: string;
}

/** Commands that only the engine sends. */
const engineOnly: readonly SentCommandType[] = ['LinkDuplicate', 'OpenRectification'];

/** 可做之事 What this actor may do with the incident at this moment, each refused one with its reason. Asks the very rules that decide. */
export const allowedActions = (state: Incident, context: CommandContext, world: World): readonly ActionAnswer[] =>
  (Object.keys(rulings) as SentCommandType[])
    .filter((command) => !engineOnly.includes(command))
    .map((command): ActionAnswer => {
      try {
        rulings[command].may(state, context, world);
        return { command, allowed: true };
      } catch (reason) {
        if (!(reason instanceof Refusal)) throw reason;
        return { command, allowed: false, code: reason.code, message: reason.message };
      }
    });
