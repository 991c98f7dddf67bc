import type { Type } from '@nestjs/common';
import type { PersonCommandType } from '#identity';
import { stageWord } from '#incident';
import type { CommandOf } from '#incident';
import { parseIso, toIso } from '#kernel';
import type { Instant } from '#kernel';
import {
  AnswerSupervisionBody, ArbitrateBody, ArrivalBody, BeyondAbilityBody, DeclineBody, DelegateBody, DenyExemptionBody, DenyExtensionBody, DenySuspensionBody, DispatchBody,
  EndWhistleBody, EscalateBody, EvidenceBody, FailInspectionBody, FileBody, GrantExemptionBody, MergeBody, NoteBody, NothingMore, ReopenBody, ReportInBody,
  RequestExemptionBody, RequestExtensionBody, RequestForceCloseBody, RequestSuspensionBody, RequestVoidBody, ReturnBody, SatisfactionBody, SuperviseBody, VerifyBody,
  VisitBody, WhistleBody,
} from './bodies.js';
import type { DeviceTimes } from './bodies.js';
import type { Door, Sending } from './door.js';
import type { Loaded } from '#engine';
import { suggestionsFor } from './suggestions.js';
import type { Library } from '#reference';

/** What the making of a command may use besides the body. */
interface Making {
  readonly door: Door;
  readonly sending: Sending;
  readonly incidentId: string;
  readonly loaded: Loaded;
  readonly library: Library;
}

type DataOf<Command extends PersonCommandType> = Omit<CommandOf<Command>['data'], 'incidentId'>;

export interface CommandRoute {
  readonly path: string;
  readonly command: PersonCommandType;
  readonly chinese: string;
  readonly body: Type<DeviceTimes>;
  readonly make: (body: DeviceTimes, making: Making) => Promise<object>;
}

const route = <Command extends PersonCommandType, Body extends DeviceTimes>(
  path: string, command: Command, chinese: string, body: Type<Body>, make: (body: Body, making: Making) => Promise<DataOf<Command>> | DataOf<Command>,
): CommandRoute => ({ path, command, chinese, body, make: async (sent, making) => make(sent as Body, making) });

const plain = (path: string, command: PersonCommandType, chinese: string): CommandRoute => ({ path, command, chinese, body: NothingMore, make: async () => ({}) });

const reasoned = (path: string, command: 'DeclineIncident' | 'ReturnDispatch' | 'RequestForceClose' | 'ReopenIncident' | 'RequestVoid' | 'DenySuspension' | 'DenyExtension' | 'DeclareBeyondAbility', chinese: string, body: typeof DeclineBody): CommandRoute =>
  route(path, command, chinese, body, async ({ reason }, { door, incidentId }) => ({ reason: await door.reason(incidentId, reason) }));

const exemption = (path: string, command: 'RequestExemption' | 'GrantExemption' | 'DenyExemption', chinese: string, body: typeof RequestExemptionBody): CommandRoute =>
  route(path, command, chinese, body, async ({ clockId, reason }, { door, incidentId }) => ({ clockId, reason: await door.reason(incidentId, reason) }));

const evidence = async ({ note, photos }: EvidenceBody, { door, incidentId }: Making): Promise<DataOf<'RecordHandling'>> => ({
  ...(await door.note(incidentId, note)),
  ...(await door.photos(photos)),
});

/** 指令路由 Every command that a person can send about an incident that exists: `POST /api/incidents/{id}/{path}`. */
export const commandRoutes: readonly CommandRoute[] = [
  route('verify', 'VerifyIncident', '核实', VerifyBody, async (body, making) => ({ outcome: body.outcome, ...(await evidence(body, making)) })),
  plain('accept', 'AcceptIncident', '受理'),
  reasoned('decline', 'DeclineIncident', '不予受理', DeclineBody),
  route('file', 'FileIncident', '立案', FileBody, ({ ruleId, grade }) => ({ ruleId, grade })),
  route('dispatch', 'DispatchIncident', '派单', DispatchBody, ({ unit, assisting, informed }, { loaded, library }) => {
    // Whether the engine had proposed the unit is found here and not told by the sender.
    const proposed = suggestionsFor(loaded.state, library).find((suggested) => suggested.unit === unit);
    return {
      unit,
      ...(assisting === undefined ? {} : { assisting }),
      ...(informed === undefined ? {} : { informed }),
      ...(proposed === undefined ? {} : { suggestion: { rank: proposed.rank, dutyId: proposed.dutyId, match: proposed.match } }),
    };
  }),
  plain('acknowledge', 'AcknowledgeDispatch', '承接'),
  reasoned('return', 'ReturnDispatch', '退单', ReturnBody),
  route('arbitrate', 'ArbitrateReturn', '裁定', ArbitrateBody, async ({ unit, reason }, { door, incidentId }) => ({ unit, reason: await door.reason(incidentId, reason) })),
  plain('first-contact', 'RecordFirstContact', '先行联系'),
  route('arrive', 'RecordArrival', '到场', ArrivalBody, ({ location }) => (location === undefined ? {} : { location: { ...location } })),
  route('handle', 'RecordHandling', '处置', EvidenceBody, evidence),
  route('pass-inspection', 'PassInspection', '核查通过', EvidenceBody, evidence),
  route('fail-inspection', 'FailInspection', '核查不通过', FailInspectionBody, async ({ reason, photos }, { door, incidentId }) => ({
    reason: await door.reason(incidentId, reason),
    ...(await door.photos(photos)),
  })),
  plain('close', 'CloseIncident', '结案'),
  reasoned('request-force-close', 'RequestForceClose', '申请强制结案', RequestForceCloseBody),
  plain('force-close', 'ForceCloseIncident', '强制结案'),
  route('visit', 'RecordVisit', '回访', VisitBody, async ({ reached, note }, { door, incidentId }) => ({ reached, ...(await door.note(incidentId, note)) })),
  route('satisfaction', 'RecordSatisfaction', '评价', SatisfactionBody, ({ grade }) => ({ grade })),
  route('complete-rectification', 'CompleteRectification', '整改完成', NoteBody, ({ note }, { door, incidentId }) => door.note(incidentId, note)),
  reasoned('reopen', 'ReopenIncident', '重开', ReopenBody),
  route('merge', 'MergeIncident', '并案', MergeBody, async ({ into, reason }, { door, sending, incidentId }) => {
    const { state } = await door.visible(sending.caller, into.toLowerCase());
    return {
      into: { incidentId: into.toLowerCase(), stage: stageWord(state), reportedAt: state.stage === 'unknown' ? '' : state.origin.reportedAt },
      reason: await door.reason(incidentId, reason),
    };
  }),
  reasoned('request-void', 'RequestVoid', '申请作废', RequestVoidBody),
  plain('void', 'VoidIncident', '作废'),
  route('request-suspension', 'RequestSuspension', '申请挂账', RequestSuspensionBody, async ({ until, reason }, { door, incidentId }) => ({
    until: toIso(parseIso(until) as Instant),
    reason: await door.reason(incidentId, reason),
  })),
  plain('grant-suspension', 'GrantSuspension', '准予挂账'),
  reasoned('deny-suspension', 'DenySuspension', '不予挂账', DenySuspensionBody),
  plain('resume', 'ResumeIncident', '销挂'),
  route('request-extension', 'RequestExtension', '申请延期', RequestExtensionBody, async ({ addedMinutes, reason }, { door, incidentId }) => ({
    addedMinutes,
    reason: await door.reason(incidentId, reason),
  })),
  plain('grant-extension', 'GrantExtension', '准予延期'),
  reasoned('deny-extension', 'DenyExtension', '不予延期', DenyExtensionBody),
  route('urge', 'UrgeIncident', '催办', NoteBody, ({ note }, { door, incidentId }) => door.note(incidentId, note)),
  route('supervise', 'IssueSupervision', '督办', SuperviseBody, async ({ reason }, { door, sending, incidentId }) => ({
    supervisionId: sending.commandId,
    reason: await door.reason(incidentId, reason),
  })),
  route('answer-supervision', 'AnswerSupervision', '督办答复', AnswerSupervisionBody, async ({ supervisionId, note }, { door, incidentId }) => ({
    supervisionId,
    ...(await door.note(incidentId, note)),
  })),
  reasoned('declare-beyond-ability', 'DeclareBeyondAbility', '力所不及', BeyondAbilityBody),
  route('escalate', 'EscalateIncident', '升级', EscalateBody, async ({ from, to, reason }, { door, incidentId }) => ({
    from,
    to,
    trigger: 'supervision' as const,
    reason: await door.reason(incidentId, reason),
  })),
  route('delegate', 'DelegateIncident', '下派', DelegateBody, async ({ to, reason }, { door, incidentId }) => ({ to, reason: await door.reason(incidentId, reason) })),
  route('whistle', 'BlowWhistle', '吹哨', WhistleBody, async ({ units, reason }, { door, sending, incidentId }) => ({
    whistleId: sending.commandId,
    units,
    reason: await door.reason(incidentId, reason),
  })),
  route('report-in', 'ReportIn', '报到', ReportInBody, ({ whistleId, location }) => ({ whistleId, ...(location === undefined ? {} : { location: { ...location } }) })),
  route('end-whistle', 'EndWhistle', '销哨', EndWhistleBody, ({ whistleId }) => ({ whistleId })),
  exemption('request-exemption', 'RequestExemption', '申诉', RequestExemptionBody),
  exemption('grant-exemption', 'GrantExemption', '申诉成立', GrantExemptionBody),
  exemption('deny-exemption', 'DenyExemption', '申诉不成立', DenyExemptionBody),
];
