import type { CommandPath } from '../shared/api.js';
import { named } from '../shared/language.js';

/** How a command is asked for on a phone. `at-once`: one tap, and five seconds to take it back. */
type Form = 'at-once' | 'evidence' | 'verify' | 'reason' | 'file' | 'dispatch' | 'more-time' | 'until' | 'note' | 'inspect';

export interface PhoneCommand {
  readonly command: string;
  readonly path: CommandPath;
  readonly chinese: string;
  readonly form: Form;
  /** Photos may go along. */
  readonly photos?: boolean;
}

const row = (command: string, path: CommandPath, chinese: string, form: Form, photos = false): PhoneCommand => ({ command, path, chinese, form, photos });

/** 手机上的指令 What people in the street do with a phone, the usual first. Escalation, delegation and approvals belong to a desk. */
export const phoneCommands: readonly PhoneCommand[] = [
  row('AcknowledgeDispatch', 'acknowledge', '承接', 'at-once'),
  row('RecordHandling', 'handle', '反馈处置', 'evidence', true),
  row('PassInspection', 'pass-inspection', '核查通过', 'inspect', true),
  row('FailInspection', 'fail-inspection', '核查不通过', 'inspect', true),
  row('AcceptIncident', 'accept', '受理', 'at-once'),
  row('FileIncident', 'file', '立案', 'file'),
  row('DispatchIncident', 'dispatch', '派单', 'dispatch'),
  row('ReportIn', 'report-in', '报到', 'at-once'),
  row('AnswerSupervision', 'answer-supervision', '督办答复', 'note'),
  row('CompleteRectification', 'complete-rectification', '整改完成', 'note'),
  row('RecordFirstContact', 'first-contact', '先行联系', 'at-once'),
  row('RecordArrival', 'arrive', '到场', 'at-once'),
  row('ReturnDispatch', 'return', '退单', 'reason'),
  row('DeclareBeyondAbility', 'declare-beyond-ability', '力所不及', 'reason'),
  row('RequestExtension', 'request-extension', '申请延期', 'more-time'),
  row('RequestSuspension', 'request-suspension', '申请挂账', 'until'),
  row('ResumeIncident', 'resume', '销挂', 'at-once'),
  row('VerifyIncident', 'verify', '核实', 'verify', true),
  row('DeclineIncident', 'decline', '不予受理', 'reason'),
  row('CloseIncident', 'close', '结案', 'at-once'),
];

const others: Readonly<Record<string, string>> = { ReportIncident: '上报', ReportHandledOnTheSpot: '就地处置' };

const byCommand = new Map(phoneCommands.map((each) => [each.command, each]));

export const phoneCommand = (command: string): PhoneCommand | null => byCommand.get(command) ?? null;

export const commandName = (command: string): string => named(command, byCommand.get(command)?.chinese ?? others[command] ?? command);

export type Step = 'accept' | 'file' | 'dispatch' | 'acknowledge' | 'handle' | 'inspect' | 'close';

const stepOfStage: Readonly<Record<string, Step>> = {
  reported: 'accept', accepted: 'file', filed: 'dispatch', dispatched: 'acknowledge', acknowledged: 'handle', handled: 'inspect', inspected: 'close',
};

export const commandOfStep: Readonly<Record<Step, string>> = {
  accept: 'AcceptIncident', file: 'FileIncident', dispatch: 'DispatchIncident', acknowledge: 'AcknowledgeDispatch', handle: 'RecordHandling', inspect: 'PassInspection', close: 'CloseIncident',
};

const inspectors: ReadonlySet<string> = new Set(['grid-worker', 'street-dispatcher', 'district-dispatcher', 'city-dispatcher']);

interface Stands {
  readonly stage: string;
  readonly holder: string | null;
  readonly accountableUnit: string | null;
  readonly suspendedUntil: string | null;
}

/**
 * What is most likely wanted next of somebody, so that it can be one tap from the list, also without a network. Only a proposal: the engine
 * decides, and the page of the incident asks it.
 */
export const stepFor = ({ stage, holder, accountableUnit, suspendedUntil }: Stands, unit: string, role: string): Step | null => {
  const step = stepOfStage[stage] ?? null;
  if (step === null || (suspendedUntil !== null && step !== 'inspect')) return null;
  // Whoever handled it cannot inspect it; anybody else who inspects at all may.
  if (step === 'inspect') return accountableUnit !== unit && inspectors.has(role) ? step : null;
  if (holder !== unit) return null;
  const desk = step === 'accept' || step === 'file' || step === 'dispatch' || step === 'close';
  return desk && !inspectors.has(role) ? null : step;
};
