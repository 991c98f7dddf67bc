import { Refusal } from '#kernel';
import { parseTimeLimit } from './assemble-limit.js';
import { entriesOf, withoutDuplicates } from './assemble-table.js';
import type { Entry, Findings, Table } from './assemble-table.js';
import type { CatalogueKind, CatalogueRule, TimeLimit } from './catalogue.js';

const kinds: readonly CatalogueKind[] = ['component', 'occurrence'];
const columns = [
  'rule_id', 'kind', 'class_code', 'class_name', 'subclass_code', 'subclass_name', 'filing_condition', 'closing_condition', 'limit', 'scenario', 'on_the_spot',
];

const readLimit = (entry: Entry): TimeLimit | null => {
  const text = entry.text('limit');
  if (text === '') return null;
  try {
    return parseTimeLimit(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    entry.problem('limit', error.code, error.message);
    return null;
  }
};

const readRule = (entry: Entry): CatalogueRule | null => {
  const kind = entry.oneOf('kind', kinds, 'reference.unknown-kind');
  const handleLimit = readLimit(entry);
  const rule = {
    ruleId: entry.code('rule_id'),
    classCode: entry.code('class_code'),
    className: entry.text('class_name'),
    subclassCode: entry.code('subclass_code'),
    subclassName: entry.text('subclass_name'),
    filingCondition: entry.text('filing_condition'),
    closingCondition: entry.text('closing_condition'),
    limitText: entry.optional('limit'),
    scenario: entry.optional('scenario'),
    onTheSpot: entry.flag('on_the_spot'),
  };
  // A rule with an unreadable limit stays, so that its duties are not reported as well; a reference with problems is never used.
  return kind === null ? null : { ...rule, kind, handleLimit: handleLimit ?? { amount: 1, unit: 'working-day' } };
};

/** A code that meant two things would make a duty, and a figure, mean two things. */
const checkNames = (pairs: readonly (readonly [Entry, CatalogueRule])[]): void => {
  const meanings = new Map<string, readonly [meaning: string, line: number]>();
  const check = (entry: Entry, column: string, code: string, meaning: string): void => {
    const known = meanings.get(code);
    if (!known) meanings.set(code, [meaning, entry.line]);
    else if (known[0] !== meaning) entry.problem(column, 'reference.ambiguous-code', `"${code}" means something else in line ${known[1]}`);
  };
  for (const [entry, rule] of pairs) {
    check(entry, 'class_code', rule.classCode, `class ${rule.kind} ${rule.className}`);
    check(entry, 'subclass_code', rule.subclassCode, `subclass ${rule.classCode} ${rule.subclassName}`);
    check(entry, 'rule_id', rule.ruleId, `rule ${rule.ruleId}`);
  }
};

/** The rules, each with the line it stands in. */
export const assembleCatalogue = (findings: Findings, table: Table): readonly (readonly [Entry, CatalogueRule])[] => {
  const read = entriesOf(findings, table, columns).flatMap((entry) => {
    const rule = readRule(entry);
    return rule ? [[entry, rule] as const] : [];
  });
  const pairs = withoutDuplicates(read, 'rule_id', (rule) => rule.ruleId);
  checkNames(pairs);
  if (table.rows.length === 0) findings.add(table.file, null, null, 'reference.empty-catalogue', 'a catalogue without rules can file nothing');
  return pairs;
};
