import { describe, expect, it } from '@jest/globals';
import { assembleReference } from './assemble.js';
import type { ReferenceTables } from './assemble.js';
import type { Problem, Table } from './assemble-table.js';
import { assembleUsers } from './assemble-users.js';

const table = (file: string, text: string): Table => {
  const [heading = '', ...lines] = text.trim().split('\n').map((line) => line.trim());
  const columns = heading.split(',');
  return {
    file,
    columns,
    rows: lines.map((line, index) => ({ line: index + 2, values: Object.fromEntries(line.split(',').map((value, at) => [columns[at] ?? '', value])) })),
  };
};

const texts = {
  places: `code,kind,name,parent,longitude,latitude,synthetic
    C,city,市,,,,false
    D,district,区,C,121.5,31.3,false
    S1,street,东街道,D,121.5,31.3,false
    S2,street,西街道,D,121.5,31.3,false
    M1,community,东居委,S1,121.5,31.3,false
    M2,community,西居委,S2,,,false
    G1,grid,东网格,M1,121.5,31.3,true
    G2,grid,西网格,M2,121.5,31.3,true`,
  units: `code,name,kind,place,line,active
    W1,东工作站,workstation,M1,workstation,true
    W2,西工作站,workstation,M2,workstation,true
    SC1,东中心,street-centre,S1,centre,true
    SC2,西中心,street-centre,S2,centre,true
    SU1,东环卫,street-unit,S1,sanitation,true
    SU2,西环卫,street-unit,S2,sanitation,true
    DC,区中心,district-centre,D,centre,true
    DU,区市容局,commission,D,sanitation,true
    CC,市中心,city-centre,C,centre,true`,
  catalogue: `rule_id,kind,class_code,class_name,subclass_code,subclass_name,filing_condition,closing_condition,limit,scenario,on_the_spot
    E-01-10.1,occurrence,E-01,市容环境,E-01-10,暴露垃圾,有垃圾,已清除,4小时,暴露垃圾,true
    E-01-11.1,occurrence,E-01,市容环境,E-01-11,积存渣土,有渣土,已清运,5天,,false`,
  duties: `duty_id,rung,subject,line,basis
    G-1,grid,E-01-10.1,workstation,职责
    S-1,street,E-01,sanitation,法规
    D-1,district,E-01-10,sanitation,法规
    D-2,district,E-01-11,sanitation,法规`,
};

const stages = {
  accept: '0.25紧急工作时', dispatch: '0.25紧急工作时', acknowledge: '1工作时', contact: '1工作日', arrive: '2工作时',
  inspect: '4工作时', supervise: '1工作日', arbitrate: '4工作时', whistle: '0.5紧急工作时', rectify: '5工作日',
};
const city = { version: 'v1', cityName: '试市', bounds: { west: 121, south: 31, east: 122, north: 32 }, catalogueVersion: 'c1', dutiesVersion: 'd1' };
const policy = {
  version: 'p1', warnAt: 0.8, seriousAt: 1.5, hoursPerWorkingDay: 8,
  limits: { grid: stages, street: stages, district: stages, city: stages },
  citizenLimit: '15工作日',
  climbsOn: { grid: ['handle'], street: ['handle', 'arbitrate'], district: ['handle'], city: [] as string[] },
  directEntry: [{ grade: 'major', rung: 'city', trigger: 'grade' }, { subject: 'E-01', rung: 'street', trigger: 'rule' }] as unknown[],
  returnCap: 2, extensionCap: 2, extensionFactor: 1, suspensionCap: 1, suspensionDaysMax: 365, samplingShare: 0.1,
  failedInspectionsBeforeSupervision: 2, reopenDaysMax: 30, mergeDaysMax: 15, clockJumpMinutesMax: 30,
};
const calendar = {
  version: 'k1', utcOffsetMinutes: 480, windows: [{ from: '08:00', to: '12:00' }, { from: '14:00', to: '18:00' }], weekdays: [1, 2, 3, 4, 5],
  holidays: ['2026-10-01'], makeUpWorkdays: ['2026-10-10'], knownFrom: '2026-01-01', knownTo: '2026-12-31',
};

type Texts = Partial<Record<keyof typeof texts, (text: string) => string>>;
interface Change extends Texts {
  readonly city?: unknown;
  readonly policy?: unknown;
  readonly calendar?: unknown;
}

const tablesWith = (change: Change = {}): ReferenceTables => ({
  places: table('places.csv', (change.places ?? String)(texts.places)),
  units: table('units.csv', (change.units ?? String)(texts.units)),
  catalogue: table('catalogue.csv', (change.catalogue ?? String)(texts.catalogue)),
  duties: table('duties.csv', (change.duties ?? String)(texts.duties)),
  city: { file: 'city.json', value: change.city ?? city },
  policy: { file: 'policy.json', value: change.policy ?? policy },
  calendar: { file: 'calendar.json', value: change.calendar ?? calendar },
});

const problemsOf = (change: Change): readonly string[] =>
  assembleReference(tablesWith(change)).problems.map(({ file, line, field, code }: Problem) => `${file}:${line ?? '-'} ${field ?? '-'} ${code}`);

const replace = (from: string, to: string) => (text: string): string => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

describe('a sound hand-over', () => {
  const { reference, problems } = assembleReference(tablesWith());

  it('becomes a reference without problems', () => {
    expect(problems).toEqual([]);
    expect(reference).toMatchObject({ version: 'v1', cityName: '试市', catalogue: { version: 'c1' }, duties: { version: 'd1' }, policy: { version: 'p1' }, calendar: { version: 'k1' } });
  });

  it('derives the rung of a unit from its kind', () => {
    expect(Object.fromEntries((reference?.units ?? []).map((unit) => [unit.code, unit.rung]))).toEqual({
      W1: 'grid', W2: 'grid', SC1: 'street', SC2: 'street', SU1: 'street', SU2: 'street', DC: 'district', DU: 'district', CC: 'city',
    });
  });

  it('keeps a limit as it was written beside what it means', () => {
    expect(reference?.catalogue.rules[0]).toMatchObject({ limitText: '4小时', handleLimit: { amount: 4, unit: 'working-hour' } });
  });

  it('reads windows as minutes and entries without the fields that they do not name', () => {
    expect(reference?.calendar.windows).toEqual([{ fromMinute: 480, toMinute: 720 }, { fromMinute: 840, toMinute: 1_080 }]);
    expect(reference?.policy.directEntry).toEqual([{ grade: 'major', rung: 'city', trigger: 'grade' }, { subject: 'E-01', rung: 'street', trigger: 'rule' }]);
  });

  it('may carry remarks for people in a column or a key named note', () => {
    expect(problemsOf({ places: (text) => text.replace('synthetic', 'synthetic,note'), city: { ...city, note: '示意' } })).toEqual([]);
  });
});

describe('a flawed hand-over names every flaw by file, line, field and code', () => {
  it.each<[string, Change, string]>([
    ['a column is missing', { places: replace(',latitude', ',lat') }, 'places.csv:1 latitude reference.missing-column'],
    ['a column is nobody’s', { duties: replace('basis', 'basis,colour') }, 'duties.csv:1 colour reference.unknown-column'],
    ['a code stands twice', { places: replace('G2,grid', 'G1,grid') }, 'places.csv:9 code reference.duplicate-code'],
    ['a code contains a blank', { units: replace('SU2,', 'SU 2,') }, 'units.csv:7 code reference.unreadable-code'],
    ['a parent does not exist', { places: replace('西居委,S2', '西居委,S9') }, 'places.csv:7 parent reference.unknown-place'],
    ['a parent is of the wrong kind', { places: replace('西网格,M2', '西网格,S2') }, 'places.csv:9 parent reference.parent-kind'],
    ['a grid is part of nothing', { places: replace('西网格,M2', '西网格,') }, 'places.csv:9 parent reference.missing-value'],
    ['there are two cities', { places: replace('D,district,区,C', 'D,city,区,') }, 'places.csv:- kind reference.city-count'],
    ['a point lies elsewhere', { places: replace('西网格,M2,121.5', '西网格,M2,12.15') }, 'places.csv:9 longitude reference.outside-bounds'],
    ['a point is half', { places: replace('西网格,M2,121.5', '西网格,M2,') }, 'places.csv:9 longitude reference.half-point'],
    ['a coordinate is no number', { places: replace('西网格,M2,121.5', '西网格,M2,东') }, 'places.csv:9 longitude reference.unreadable-number'],
    ['a flag is neither', { units: replace('W2,西工作站,workstation,M2,workstation,true', 'W2,西工作站,workstation,M2,workstation,是') }, 'units.csv:3 active reference.unreadable-flag'],
    ['a community has no workstation', { units: replace('W2,西工作站,workstation,M2,workstation,true', 'W2,西工作站,workstation,M2,workstation,false') }, 'units.csv:- place reference.centre-count'],
    ['a street has two centres', { units: replace('SU2,西环卫,street-unit', 'SU2,西环卫,street-centre') }, 'units.csv:- place reference.centre-count'],
    ['a unit sits in a place of another kind', { units: replace('SU2,西环卫,street-unit,S2', 'SU2,西环卫,street-unit,M2') }, 'units.csv:7 place reference.unit-place-kind'],
    ['a unit sits nowhere', { units: replace('SU2,西环卫,street-unit,S2', 'SU2,西环卫,street-unit,S7') }, 'units.csv:7 place reference.unknown-place'],
    ['a kind of unit is unknown', { units: replace('DU,区市容局,commission', 'DU,区市容局,office') }, 'units.csv:9 kind reference.unknown-kind'],
    ['a limit cannot be read', { catalogue: replace('5天', '尽快') }, 'catalogue.csv:3 limit limit.unreadable'],
    ['a condition is empty', { catalogue: replace('已清运', '') }, 'catalogue.csv:3 closing_condition reference.missing-value'],
    ['a class has two names', { catalogue: replace('E-01,市容环境,E-01-11', 'E-01,街面秩序,E-01-11') }, 'catalogue.csv:3 class_code reference.ambiguous-code'],
    ['a subclass bears the code of a class', { catalogue: replace('E-01-11,积存', 'E-01,积存') }, 'catalogue.csv:3 subclass_code reference.ambiguous-code'],
    ['a duty is about nothing', { duties: replace('D-2,district,E-01-11', 'D-2,district,E-09') }, 'duties.csv:5 subject reference.unknown-subject'],
    ['nobody answers for a rule in the district', { duties: replace('D-2,district,E-01-11', 'D-2,city,E-01-11') }, 'catalogue.csv:3 rule_id reference.no-duty'],
    ['a street has nobody of a line', { units: replace('SU2,西环卫,street-unit,S2,sanitation', 'SU2,西环卫,street-unit,S2,greening') }, 'duties.csv:3 line reference.line-uncovered'],
    ['a duty is laid down twice', { duties: replace('D-2,district,E-01-11,sanitation', 'D-2,district,E-01-10,sanitation') }, 'duties.csv:5 subject reference.duplicate-duty'],
    ['bounds are empty', { city: { ...city, bounds: { west: 122, south: 31, east: 121, north: 32 } } }, 'city.json:- bounds reference.empty-bounds'],
    ['a stage has no limit', { policy: { ...policy, limits: { ...policy.limits, street: { ...stages, accept: undefined } } } }, 'policy.json:- limits.street.accept reference.missing-field'],
    ['a stage limit cannot be read', { policy: { ...policy, limits: { ...policy.limits, street: { ...stages, inspect: '半天' } } } }, 'policy.json:- limits.street.inspect limit.unreadable'],
    ['a policy number is out of range', { policy: { ...policy, samplingShare: 1.2 } }, 'policy.json:- samplingShare reference.out-of-range'],
    ['a third extension is wanted', { policy: { ...policy, extensionCap: 3 } }, 'policy.json:- extensionCap reference.out-of-range'],
    ['a policy number is a text', { policy: { ...policy, returnCap: '2' } }, 'policy.json:- returnCap reference.wrong-type'],
    ['a field is nobody’s', { policy: { ...policy, retrunCap: 2 } }, 'policy.json:- retrunCap reference.unknown-field'],
    ['a clock is unknown', { policy: { ...policy, climbsOn: { ...policy.climbsOn, grid: ['hanlde'] } } }, 'policy.json:- climbsOn.grid[0] reference.unknown-word'],
    ['the top is to climb', { policy: { ...policy, climbsOn: { ...policy.climbsOn, city: ['handle'] } } }, 'policy.json:- climbsOn.city policy.nowhere-to-climb'],
    ['an entry is about an unknown class', { policy: { ...policy, directEntry: [{ subject: 'E-77', rung: 'street', trigger: 'rule' }] } }, 'policy.json:- directEntry[0].subject reference.unknown-subject'],
    ['an entry is about everything', { policy: { ...policy, directEntry: [{ rung: 'street', trigger: 'rule' }] } }, 'policy.json:- directEntry[0] policy.entry-for-all'],
    ['a window is empty', { calendar: { ...calendar, windows: [{ from: '12:00', to: '08:00' }] } }, 'calendar.json:- windows[0] calendar.empty-window'],
    ['windows overlap', { calendar: { ...calendar, windows: [{ from: '08:00', to: '12:00' }, { from: '11:00', to: '18:00' }] } }, 'calendar.json:- windows calendar.windows-overlap'],
    ['there is no window', { calendar: { ...calendar, windows: [] } }, 'calendar.json:- windows calendar.no-window'],
    ['a time is none', { calendar: { ...calendar, windows: [{ from: '8', to: '12:00' }] } }, 'calendar.json:- windows[0].from calendar.unreadable-time'],
    ['a date is not real', { calendar: { ...calendar, holidays: ['2026-02-30'] } }, 'calendar.json:- holidays[0] reference.unknown-date'],
    ['a holiday lies before the known days', { calendar: { ...calendar, holidays: ['2025-10-01'] } }, 'calendar.json:- holidays[0] calendar.outside-known'],
    ['a make-up workday lies behind the known days', { calendar: { ...calendar, makeUpWorkdays: ['2027-10-09'] } }, 'calendar.json:- makeUpWorkdays[0] calendar.outside-known'],
    ['a make-up workday is worked anyway', { calendar: { ...calendar, makeUpWorkdays: ['2026-10-12'] } }, 'calendar.json:- makeUpWorkdays calendar.already-worked'],
    ['a day is both', { calendar: { ...calendar, holidays: ['2026-10-10'] } }, 'calendar.json:- makeUpWorkdays calendar.both-kinds'],
  ])('when %s', (_, change, problem) => {
    expect(problemsOf(change)).toContain(problem);
  });

  it('takes a holiday that is certain before the notice for its year', () => {
    expect(problemsOf({ calendar: { ...calendar, holidays: ['2026-10-01', '2027-01-01'] } })).toEqual([]);
  });

  it('reports the flaws of all files in one reading and gives no reference', () => {
    const flawed = tablesWith({ places: replace('西居委,S2', '西居委,S9'), catalogue: replace('5天', '尽快'), policy: { ...policy, warnAt: 2 }, calendar: { ...calendar, weekdays: [] } });
    const { reference, problems } = assembleReference(flawed);
    expect(reference).toBeNull();
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(['places.csv', 'catalogue.csv', 'policy.json', 'calendar.json']));
  });

  it('blames only the limit when a limit cannot be read, not the duties that speak of its rule', () => {
    expect(problemsOf({ catalogue: replace('5天', '尽快') })).toEqual(['catalogue.csv:3 limit limit.unreadable']);
  });

  it('passes on the lines that could not be taken apart', () => {
    const { units, ...rest } = tablesWith();
    const { problems } = assembleReference({ ...rest, units: { ...units, unreadable: [{ line: 12, reason: 'it has 3 values' }] } });
    expect(problems).toEqual([expect.objectContaining({ file: 'units.csv', line: 12, code: 'reference.unreadable-line' })]);
  });

  it('survives files that hold something else altogether', () => {
    expect(problemsOf({ city: [], policy: 'x', calendar: 3 }).filter((problem) => problem.endsWith('reference.wrong-type'))).toEqual([
      'city.json:- - reference.wrong-type', 'policy.json:- - reference.wrong-type', 'calendar.json:- - reference.wrong-type',
    ]);
  });
});

describe('the list of users 用户', () => {
  const { reference } = assembleReference(tablesWith());
  const users = (lines: string): readonly string[] => {
    if (!reference) throw new Error('the sample city is flawed');
    return assembleUsers(table('users.csv', `login,role,display_name,unit,place\n${lines}`), reference).problems.map(({ line, field, code }) => `${line} ${field} ${code}`);
  };

  it('is accepted when everybody has a unit that fits the role and works in the place of that unit', () => {
    expect(users('a,grid-worker,甲,W1,G1\nb,street-dispatcher,乙,SC1,S1\nc,auditor,丙,DU,D')).toEqual([]);
  });

  it('names who does not fit', () => {
    expect(users('a,grid-worker,甲,SC1,S1\nb,boss,乙,SC1,S1\nc,street-dispatcher,丙,SC1,S2\na,auditor,丁,XX,D')).toEqual([
      '2 unit reference.role-unit', '3 role reference.unknown-role', '4 place reference.place-of-unit', '5 unit reference.unknown-unit', '5 login reference.duplicate-code',
    ]);
  });
});
