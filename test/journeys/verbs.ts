import type { Grade, Rung } from '#reference';
import { smallReference } from '#scenario';
import type { Asked, PersonName } from '#scenario';
import { fromIso, toIso } from '#kernel';
import type { Instant } from '#kernel';

/** 何人 Who acts, as an official would say it. */
export const cast: Readonly<Record<string, PersonName>> = {
  网格员: 'gridWorkerA', 同站网格员: 'gridWorkerA2', 邻站网格员: 'gridWorkerB', 街道: 'dispatcher', 街道同事: 'dispatcher2', 街道环卫: 'sanitation', 街道市政: 'roads', 街道城管: 'order',
  区中心: 'district', 区建管委: 'districtRoads', 市中心: 'city', 市住建委: 'cityRoads', 热线: 'hotline',
};

const units: Readonly<Record<string, string>> = {
  ...Object.fromEntries(smallReference.units.map(({ name, code }) => [name, code])),
  工作站: 'S1A-station', 街道环卫: 'S1-sanitation', 街道市政: 'S1-roads', 街道城管: 'S1-order',
};
export const rungWords: Readonly<Record<Rung, string>> = { grid: '网格', street: '街道', district: '区', city: '市' };
const gradeWords: Readonly<Record<string, Grade>> = { 一般: 'general', 较大: 'larger', 重大: 'major', 特别重大: 'extraordinary' };
const ratings = { 满意: 'satisfied', 基本满意: 'mostly-satisfied', 一般: 'neutral', 不满意: 'dissatisfied' } as const;
const reason = { code: 'as-told' };
const photo = { sha256: 'e'.repeat(64), bytes: 1_024 };

/** What a verb needs to know of the story besides its own words. */
export interface Circumstances {
  readonly who: PersonName;
  readonly now: Instant;
  readonly rung: Rung;
  readonly clockId: (chinese: string) => string;
}

const known = <Value>(words: Readonly<Record<string, Value>>, word: string | undefined): Value => {
  const value = words[word ?? ''];
  if (value === undefined) throw new Error(`«${word ?? ''}» is not a word that journeys know; they know ${Object.keys(words).join(' ')}`);
  return value;
};
const rungOf = (word: string | undefined): Rung => known(Object.fromEntries(Object.entries(rungWords).map(([rung, chinese]) => [chinese, rung as Rung])), word);

/** `03-06 18:00` in Shanghai, in the year of the small city. */
export const moment = (date: string, time: string): Instant => fromIso(`2026-${date}T${time}:00.000+08:00`);

/** 何事 What is done: the verb as it stands in the registry of facts, or as people say it, and the command that it means. */
export const verbs: Readonly<Record<string, (words: readonly string[], circumstances: Circumstances) => Asked>> = {
  上报: ([gridCode = 'S1A1'], { who }) => ({ type: 'ReportIncident', channel: who === 'hotline' ? 'hotline' : 'grid', externalId: 'no-1', gridCode }),
  就地处置: ([ruleId = '']) => ({ type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId, handlingPhotos: [photo] }),
  核实: ([word]) => ({ type: 'VerifyIncident', outcome: known({ 属实: 'true', 不实: 'untrue' } as const, word) }),
  受理: () => ({ type: 'AcceptIncident' }),
  不予受理: () => ({ type: 'DeclineIncident', reason }),
  立案: ([ruleId = '', grade = '一般']) => ({ type: 'FileIncident', ruleId, grade: known(gradeWords, grade) }),
  派单: ([unit, ...assisting]) => ({ type: 'DispatchIncident', unit: known(units, unit), ...(assisting.length > 0 ? { assisting: assisting.map((each) => known(units, each)) } : {}) }),
  承接: () => ({ type: 'AcknowledgeDispatch' }),
  退单: () => ({ type: 'ReturnDispatch', reason: { code: 'not-our-duty' } }),
  裁定: ([unit]) => ({ type: 'ArbitrateReturn', unit: known(units, unit), reason }),
  先行联系: () => ({ type: 'RecordFirstContact' }),
  到场: () => ({ type: 'RecordArrival' }),
  处置: () => ({ type: 'RecordHandling' }),
  核查通过: () => ({ type: 'PassInspection' }),
  核查不通过: () => ({ type: 'FailInspection', reason }),
  结案: () => ({ type: 'CloseIncident' }),
  申请强制结案: () => ({ type: 'RequestForceClose', reason }),
  强制结案: () => ({ type: 'ForceCloseIncident' }),
  回访: ([word = '接通']) => ({ type: 'RecordVisit', reached: known({ 接通: true, 未接通: false }, word) }),
  评价: ([word]) => ({ type: 'RecordSatisfaction', grade: known(ratings, word) }),
  整改完成: () => ({ type: 'CompleteRectification' }),
  重开: () => ({ type: 'ReopenIncident', reason }),
  并案: ([into = '']) => ({ type: 'MergeIncident', into: { incidentId: into, stage: 'dispatched', reportedAt: '2026-03-02T00:30:00.000Z' }, reason }),
  申请作废: () => ({ type: 'RequestVoid', reason }),
  作废: () => ({ type: 'VoidIncident' }),
  申请挂账: ([date = '', time = '']) => ({ type: 'RequestSuspension', until: toIso(moment(date, time)), reason }),
  准予挂账: () => ({ type: 'GrantSuspension' }),
  不予挂账: () => ({ type: 'DenySuspension', reason }),
  销挂: () => ({ type: 'ResumeIncident' }),
  申请延期: ([minutes = '']) => ({ type: 'RequestExtension', addedMinutes: Number(minutes.replace('分钟', '')), reason }),
  准予延期: () => ({ type: 'GrantExtension' }),
  不予延期: () => ({ type: 'DenyExtension', reason }),
  催办: () => ({ type: 'UrgeIncident' }),
  督办: () => ({ type: 'IssueSupervision', supervisionId: 'order-1', reason }),
  督办答复: ([supervisionId = 'order-1']) => ({ type: 'AnswerSupervision', supervisionId }),
  力所不及: () => ({ type: 'DeclareBeyondAbility', reason: { code: 'needs-machinery' } }),
  提级: ([rung], { rung: from }) => ({ type: 'EscalateIncident', from, to: rungOf(rung), trigger: 'supervision', reason }),
  下派: ([rung]) => ({ type: 'DelegateIncident', to: rungOf(rung), reason }),
  吹哨: (words) => ({ type: 'BlowWhistle', whistleId: 'whistle-1', units: words.map((each) => known(units, each)), reason }),
  报到: () => ({ type: 'ReportIn', whistleId: 'whistle-1' }),
  销哨: () => ({ type: 'EndWhistle', whistleId: 'whistle-1' }),
  申诉: ([clock = ''], { clockId }) => ({ type: 'RequestExemption', clockId: clockId(clock), reason }),
  申诉成立: ([clock = ''], { clockId }) => ({ type: 'GrantExemption', clockId: clockId(clock), reason }),
  申诉不成立: ([clock = ''], { clockId }) => ({ type: 'DenyExemption', clockId: clockId(clock), reason }),
};

/** The order of an incident by the engine, told to the earlier of two that were merged. */
export const engineVerbs: Readonly<Record<string, (words: readonly string[]) => Asked>> = { 关联并入: ([duplicate = '']) => ({ type: 'LinkDuplicate', duplicate }) };
