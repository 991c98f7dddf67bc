import type { City } from '../../shared/city.js';
import { named } from '../../shared/language.js';
import { shownMoment } from '../../shared/moments.js';
import { tOf } from '../../shared/words.js';
import type { Fact } from './picture.js';

/** The command whose reasons a fact gives. */
const commandOf: Readonly<Record<string, string>> = {
  Declined: 'DeclineIncident', DispatchReturned: 'ReturnDispatch', Arbitrated: 'ArbitrateReturn', InspectionFailed: 'FailInspection', ForceCloseRequested: 'RequestForceClose',
  ForceClosed: 'RequestForceClose', Reopened: 'ReopenIncident', Merged: 'MergeIncident', VoidRequested: 'RequestVoid', Voided: 'RequestVoid', SuspensionRequested: 'RequestSuspension',
  Suspended: 'RequestSuspension', SuspensionDenied: 'DenySuspension', ExtensionRequested: 'RequestExtension', Extended: 'RequestExtension', ExtensionDenied: 'DenyExtension',
  SupervisionIssued: 'IssueSupervision', DeclaredBeyondAbility: 'DeclareBeyondAbility', Escalated: 'EscalateIncident', Delegated: 'DelegateIncident', Whistled: 'BlowWhistle',
  ExemptionRequested: 'RequestExemption', ExemptionGranted: 'GrantExemption', ExemptionDenied: 'DenyExemption',
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

type Describe = (data: Readonly<Record<string, unknown>>, city: City) => readonly (string | null)[];

const units = (city: City, value: unknown): string | null => (Array.isArray(value) && value.length > 0 ? value.map((unit) => city.unitName(String(unit))).join('、') : null);
const unit = (city: City, value: unknown): string | null => (text(value) === null ? null : city.unitName(String(value)));
const late: Describe = (data, city) => [tOf('clock', String(data['clock'])), unit(city, data['unit'])];

/** What of a fact is worth a line beside its name; facts without an entry speak for themselves. */
const describes: Readonly<Record<string, Describe>> = {
  IncidentReported: (data, city) => [tOf('channel', String(data['channel'])), text(data['description']) ?? (city.rules.get(String(data['ruleHint']))?.subclassName ?? null)],
  Accepted: (data, city) => [unit(city, data['unit'])],
  Filed: (data, city) => [city.rules.get(String(data['ruleId']))?.filingCondition ?? text(data['ruleId']), tOf('grade', String(data['grade'])), tOf('rung', String(data['rung']))],
  Dispatched: (data, city) => [`→ ${city.unitName(String(data['accountableUnit']))}`, text((data['suggestion'] as { dutyId?: string } | null)?.dutyId), units(city, data['assisting'])],
  DispatchAcknowledged: (data, city) => [unit(city, data['unit'])],
  DispatchReturned: (data, city) => [unit(city, data['unit'])],
  ArbitrationOpened: (data, city) => [unit(city, data['arbiter'])],
  Arbitrated: (data, city) => [`→ ${city.unitName(String(data['unit']))}`],
  Handled: (data, city) => [unit(city, data['unit']), text(data['note'])],
  InspectionPassed: (data, city) => [unit(city, data['unit']), text(data['note'])],
  InspectionFailed: (data, city) => [unit(city, data['unit'])],
  ReworkOrdered: (data, city) => [unit(city, data['accountableUnit'])],
  Closed: (data, city) => [unit(city, data['handlingUnit']), tOf('rung', String(data['rung']))],
  Suspended: (data) => [shownMoment(String(data['until']), 'full')],
  SuspensionRequested: (data) => [shownMoment(String(data['until']), 'full')],
  Urged: (data, city) => [unit(city, data['unit']), text(data['note'])],
  SupervisionIssued: (data, city) => [`→ ${city.unitName(String(data['unit']))}`],
  SupervisionAnswered: (data, city) => [unit(city, data['unit']), text(data['note'])],
  DeclaredBeyondAbility: (data, city) => [unit(city, data['unit'])],
  Escalated: (data, city) => [`${tOf('rung', String(data['fromRung']))} → ${tOf('rung', String(data['toRung']))}`, unit(city, data['accountableUnit'])],
  Delegated: (data, city) => [`${tOf('rung', String(data['fromRung']))} → ${tOf('rung', String(data['toRung']))}`, unit(city, data['accountableUnit'])],
  Whistled: (data, city) => [units(city, data['units'])],
  ReportedIn: (data, city) => [unit(city, data['unit'])],
  ReportInMissed: (data, city) => [unit(city, data['unit'])],
  Visited: (data) => [text(data['note'])],
  Verified: (data) => [text(data['note'])],
  DeadlineWarned: late,
  DeadlineBreached: late,
  DeadlineSeriouslyBreached: late,
};

/** 事实 A fact in one line: its name is said elsewhere, this is what was special about it. */
export const factText = ({ type, data }: Pick<Fact, 'type' | 'data'>, city: City): string => {
  const facts = data as Readonly<Record<string, unknown>>;
  const reason = facts['reason'] as { code?: string; note?: unknown } | undefined;
  const command = facts['trigger'] === 'declared' ? 'DeclareBeyondAbility' : (commandOf[type] ?? '');
  const why = reason?.code === undefined ? null : city.reasonName(command, reason.code);
  return [...(describes[type]?.(facts, city) ?? []), why, text(reason?.note)].filter((part) => part !== null).join(' · ');
};

export const factName = ({ type, chinese }: Pick<Fact, 'type' | 'chinese'>): string => named(type, chinese);
