interface Fact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Data = Fact['data'];

/** Number of the newest thing that began and that nothing has ended yet. */
const openNumber = (facts: readonly Fact[], name: string, begins: (fact: Fact) => boolean, ends: (fact: Fact) => boolean): string | null => {
  const over = new Set(facts.filter(ends).map(({ data }) => data[name]));
  const number = facts.filter((fact) => begins(fact) && !over.has(fact.data[name])).at(-1)?.data[name];
  return typeof number === 'string' ? number : null;
};

const summons = ({ units }: Data, unit: string): boolean => Array.isArray(units) && units.includes(unit);

/** Fields that go along with a command because it answers something; null when there is nothing to answer. */
export const carriedFor = (command: string, facts: readonly Fact[], unit: string): Readonly<Record<string, string>> | null => {
  if (command === 'ReportIn') {
    const whistleId = openNumber(
      facts, 'whistleId',
      ({ type, data }) => type === 'Whistled' && summons(data, unit),
      ({ type, data }) => type === 'WhistleEnded' || (type === 'ReportedIn' && data['unit'] === unit),
    );
    return whistleId === null ? null : { whistleId };
  }
  if (command === 'AnswerSupervision') {
    const supervisionId = openNumber(facts, 'supervisionId', ({ type, data }) => type === 'SupervisionIssued' && data['unit'] === unit, ({ type }) => type === 'SupervisionAnswered');
    return supervisionId === null ? null : { supervisionId };
  }
  return {};
};
