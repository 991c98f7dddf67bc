import { libraryOf } from '#reference';
import type { CatalogueRule, DutyRule, Library, Place, Policy, Reference, Rung, StageLimits, TimeLimit, Unit, UnitKind, WorkCalendar } from '#reference';

const continuous = (amount: number): TimeLimit => ({ amount, unit: 'continuous-hour' });
const working = (amount: number): TimeLimit => ({ amount, unit: 'working-hour' });

const limits: StageLimits = {
  accept: continuous(0.25), dispatch: continuous(0.25), acknowledge: continuous(0.5), contact: working(8), arrive: continuous(2),
  inspect: working(4), supervise: working(8), arbitrate: working(4), whistle: continuous(0.5), rectify: working(40),
};

/** A policy with round numbers; the same on every rung. */
export const smallPolicy: Policy = {
  version: 'policy-1', warnAt: 0.8, seriousAt: 1.5, hoursPerWorkingDay: 8,
  limits: { grid: limits, street: limits, district: limits, city: limits },
  citizenLimit: { amount: 15, unit: 'working-day' },
  climbsOn: { grid: ['dispatch', 'acknowledge', 'handle'], street: ['dispatch', 'acknowledge', 'handle', 'arbitrate'], district: ['dispatch', 'handle', 'arbitrate'], city: [] },
  directEntry: [
    { grade: 'larger', rung: 'district', trigger: 'grade' },
    { grade: 'major', rung: 'city', trigger: 'grade' },
    { grade: 'extraordinary', rung: 'city', trigger: 'grade' },
    { subject: 'E-05', rung: 'district', trigger: 'rule' },
  ],
  returnCap: 2, extensionCap: 2, extensionFactor: 1, suspensionCap: 1, suspensionDaysMax: 365, samplingShare: 0.1,
  failedInspectionsBeforeSupervision: 2, reopenDaysMax: 30, mergeDaysMax: 7, clockJumpMinutesMax: 60,
};

/** 08:00-12:00 and 14:00-18:00, Monday to Friday, no holidays known: the calendar of the golden vectors. */
export const plainCalendar: WorkCalendar = {
  version: 'calendar-1', utcOffsetMinutes: 480,
  windows: [{ fromMinute: 480, toMinute: 720 }, { fromMinute: 840, toMinute: 1_080 }],
  weekdays: [1, 2, 3, 4, 5], holidays: [], makeUpWorkdays: [], knownFrom: '2026-01-01', knownTo: '2026-12-31',
};

const rule = (ruleId: string, subclassName: string, handleLimit: TimeLimit, more: Partial<CatalogueRule> = {}): CatalogueRule => {
  const subclassCode = ruleId.slice(0, ruleId.indexOf('.'));
  const kind = ruleId.startsWith('C') ? 'component' : 'occurrence';
  return {
    ruleId, kind, classCode: subclassCode.slice(0, 4), className: subclassCode.slice(0, 4), subclassCode, subclassName, filingCondition: '有此情形', closingCondition: '已恢复',
    handleLimit, limitText: `${handleLimit.amount} ${handleLimit.unit}`, scenario: '', onTheSpot: false, ...more,
  };
};

const rules: readonly CatalogueRule[] = [
  rule('C-01-01.1', '上水井盖', continuous(2), { scenario: '井盖' }),
  rule('C-01-01.2', '上水井盖', working(4), { scenario: '井盖' }),
  rule('E-01-02.1', '暴露垃圾', working(4), { onTheSpot: true }),
  rule('E-04-01.1', '占道设摊', working(8)),
  rule('E-05-01.1', '路面塌陷', continuous(4)),
];

const place = (code: string, kind: Place['kind'], name: string, parent: string | null): Place => ({ code, kind, name, parent, longitude: 121.52, latitude: 31.27, synthetic: true });

const places: readonly Place[] = [
  place('SH', 'city', '上海市', null),
  place('YP', 'district', '杨浦区', 'SH'),
  ...['S1', 'S2'].flatMap((street) => [
    place(street, 'street', `${street}街道`, 'YP'),
    ...['A', 'B'].flatMap((community) => [
      place(`${street}${community}`, 'community', `${street}${community}居委`, street),
      ...['1', '2'].map((grid) => place(`${street}${community}${grid}`, 'grid', `${street}${community}${grid}网格`, `${street}${community}`)),
    ]),
  ]),
];

const unit = (code: string, name: string, kind: UnitKind, rung: Rung, at: string, line: string): Unit => ({ code, name, kind, rung, place: at, line, active: true });

const units: readonly Unit[] = [
  ...['S1', 'S2'].flatMap((street) => [
    unit(`${street}-centre`, `${street}城运中心`, 'street-centre', 'street', street, 'centre'),
    unit(`${street}-sanitation`, `${street}环卫`, 'street-unit', 'street', street, 'sanitation'),
    unit(`${street}-roads`, `${street}市政`, 'street-unit', 'street', street, 'roads'),
    unit(`${street}-order`, `${street}城管`, 'street-unit', 'street', street, 'order'),
    ...['A', 'B'].map((community) => unit(`${street}${community}-station`, `${street}${community}工作站`, 'workstation', 'grid', `${street}${community}`, 'workstation')),
  ]),
  unit('YP-centre', '区城运中心', 'district-centre', 'district', 'YP', 'centre'),
  unit('YP-roads', '区建管委', 'commission', 'district', 'YP', 'roads'),
  unit('YP-order', '区城管执法局', 'commission', 'district', 'YP', 'order'),
  unit('SH-centre', '市城运中心', 'city-centre', 'city', 'SH', 'centre'),
  unit('SH-roads', '市住建委', 'bureau', 'city', 'SH', 'roads'),
];

const duty = (rung: Rung, subject: string, line: string): DutyRule => ({ dutyId: `${rung}-${subject}-${line}`, rung, subject, line, basis: '街道权责清单' });

const duties: readonly DutyRule[] = [
  duty('grid', 'E-01', 'workstation'),
  duty('street', 'E-01', 'sanitation'), duty('street', 'C-01', 'roads'), duty('street', 'E-04', 'order'), duty('street', 'E-05', 'roads'),
  duty('district', 'E-01', 'order'), duty('district', 'C-01', 'roads'), duty('district', 'E-04', 'order'), duty('district', 'E-05', 'roads'),
  duty('city', 'C-01', 'roads'), duty('city', 'E-05', 'roads'),
];

/** A city that fits on a page: two streets, four communities, eight grids, five rules. */
export const smallReference: Reference = {
  version: 'small-1', cityName: '小城', bounds: { west: 121, south: 31, east: 122, north: 32 }, places, units,
  catalogue: { version: 'catalogue-1', rules }, duties: { version: 'duties-1', rules: duties }, policy: smallPolicy, calendar: plainCalendar,
};

export const smallLibrary: Library = libraryOf([smallReference]);
