import { Refusal } from '#kernel';
import type { JsonField } from './assemble-json.js';
import { parseTimeLimit } from './assemble-limit.js';
import type { CatalogueRule, TimeLimit } from './catalogue.js';
import { above, rungs } from './ladder.js';
import type { Rung } from './ladder.js';
import { clockNames, grades } from './policy.js';
import type { ClockName, DirectEntry, Policy, StageLimits, VitalSign } from './policy.js';

const stages: readonly (keyof StageLimits)[] = ['accept', 'dispatch', 'acknowledge', 'contact', 'arrive', 'inspect', 'supervise', 'arbitrate', 'whistle', 'rectify'];

/** Stage limits may be written in quarters, since desks work in quarters of an hour. */
const quarter = 0.25;

const readLimit = (field: JsonField): TimeLimit => {
  const nothing: TimeLimit = { amount: 1, unit: 'working-day' };
  if (!field.given) return nothing;
  const text = field.text();
  if (text === '') return nothing;
  try {
    return parseTimeLimit(text, quarter);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    field.problem(error.code, error.message);
    return nothing;
  }
};

const byRung = <Value>(field: JsonField, read: (field: JsonField, rung: Rung) => Value): Record<Rung, Value> => {
  const fields = field.object(rungs);
  return { grid: read(fields.grid, 'grid'), street: read(fields.street, 'street'), district: read(fields.district, 'district'), city: read(fields.city, 'city') };
};

const readStages = (field: JsonField): StageLimits => {
  const fields = field.object(stages);
  return Object.fromEntries(stages.map((stage) => [stage, readLimit(fields[stage])])) as unknown as StageLimits;
};

/** A clock name that is none is a problem, and so is a climb from the top. */
const readClimbs = (field: JsonField, rung: Rung): readonly ClockName[] => {
  const clocks = field.list().flatMap((item) => item.oneOf(clockNames) ?? []);
  if (above(rung) === null && clocks.length > 0) field.problem('policy.nowhere-to-climb', 'nothing is above the city centre');
  return clocks;
};

const readDirectEntry = (field: JsonField, subjects: ReadonlySet<string>): DirectEntry | null => {
  const fields = field.object(['rung', 'trigger'], ['grade', 'subject']);
  const rung = fields.rung.oneOf(rungs);
  const trigger = fields.trigger.oneOf(['rule', 'grade']);
  const grade = fields.grade.given ? fields.grade.oneOf(grades) : null;
  const subject = fields.subject.given ? fields.subject.text() : null;
  if (!fields.grade.given && !fields.subject.given) field.problem('policy.entry-for-all', 'it names neither a grade nor a subject, so everything would enter here');
  if (trigger === 'grade' && !fields.grade.given) field.problem('policy.entry-without-grade', 'its trigger is the grade, but it names none');
  if (subject !== null && subject !== '' && !subjects.has(subject)) fields.subject.problem('reference.unknown-subject', `the catalogue knows no class or subclass "${subject}"`);
  if (rung === null || trigger === null) return null;
  return { rung, trigger, ...(grade === null ? {} : { grade }), ...(subject === null ? {} : { subject }) };
};

/** The largest and the smallest number that a sensor is believed. */
const measure = { least: -1_000_000_000, most: 1_000_000_000 };

const readVitalSign = (field: JsonField, ruleIds: ReadonlySet<string>): VitalSign => {
  const fields = field.object(['sign', 'name', 'unit', 'alarmAt', 'clearAt', 'holdSeconds', 'ruleId']);
  const sign: VitalSign = {
    sign: fields.sign.text(), name: fields.name.text(), unit: fields.unit.text(), ruleId: fields.ruleId.text(),
    alarmAt: fields.alarmAt.number(measure), clearAt: fields.clearAt.number(measure), holdSeconds: fields.holdSeconds.number({ least: 0, most: 86_400, whole: true }),
  };
  if (fields.alarmAt.given && sign.alarmAt === sign.clearAt) field.problem('policy.thresholds-meet', 'alarmAt and clearAt are the same, so that a value that trembles there would report again and again');
  if (sign.ruleId !== '' && !ruleIds.has(sign.ruleId)) fields.ruleId.problem('reference.unknown-rule', `the catalogue knows no rule "${sign.ruleId}"`);
  return sign;
};

/** Every sign once. */
const readVitalSigns = (field: JsonField, rules: readonly CatalogueRule[]): readonly VitalSign[] => {
  const ruleIds = new Set(rules.map(({ ruleId }) => ruleId));
  const signs = field.list().map((item) => readVitalSign(item, ruleIds));
  const twice = signs.find(({ sign }, index) => signs.findIndex((other) => other.sign === sign) !== index);
  if (twice) field.problem('reference.twice', `the sign "${twice.sign}" is there twice`);
  return signs;
};

const numbers = {
  warnAt: { least: 0.05, most: 0.99 },
  seriousAt: { least: 1.01, most: 10 },
  hoursPerWorkingDay: { least: 1, most: 24 },
  returnCap: { least: 0, most: 20, whole: true },
  extensionCap: { least: 0, most: 2, whole: true },
  extensionFactor: { least: 0, most: 5 },
  suspensionCap: { least: 0, most: 1, whole: true },
  suspensionDaysMax: { least: 1, most: 366, whole: true },
  samplingShare: { least: 0, most: 1 },
  failedInspectionsBeforeSupervision: { least: 1, most: 20, whole: true },
  reopenDaysMax: { least: 0, most: 366, whole: true },
  mergeDaysMax: { least: 0, most: 366, whole: true },
  clockJumpMinutesMax: { least: 1, most: 1_440, whole: true },
} as const;

const numberNames = Object.keys(numbers) as (keyof typeof numbers)[];

/** 政策 The caps of extensions (2) and suspensions (1) are the honest record's rule 6: a city may set less, not more. */
export const assemblePolicy = (root: JsonField, rules: readonly CatalogueRule[]): Policy => {
  const fields = root.object(['version', 'limits', 'citizenLimit', 'climbsOn', 'directEntry', ...numberNames], ['vitalSigns']);
  const subjects = new Set(rules.flatMap((rule) => [rule.classCode, rule.subclassCode]));
  const read = Object.fromEntries(numberNames.map((name) => [name, fields[name].given ? fields[name].number(numbers[name]) : 0])) as Record<keyof typeof numbers, number>;
  return {
    version: fields.version.text(),
    ...read,
    limits: byRung(fields.limits, readStages),
    citizenLimit: readLimit(fields.citizenLimit),
    climbsOn: byRung(fields.climbsOn, readClimbs),
    directEntry: fields.directEntry.list().flatMap((entry) => readDirectEntry(entry, subjects) ?? []),
    ...(fields.vitalSigns.given ? { vitalSigns: readVitalSigns(fields.vitalSigns, rules) } : {}),
  };
};
