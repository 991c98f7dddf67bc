import type { Role } from '#kernel';
import { Findings, entriesOf, withoutDuplicates } from './assemble-table.js';
import type { Entry, Problem, Table } from './assemble-table.js';
import { cityOf } from './city.js';
import type { City } from './city.js';
import type { Reference } from './reference.js';
import type { UnitKind } from './unit.js';

/** 用户 Somebody who may sign in, as a city hands them over. The password is set elsewhere and never stands in a file. */
export interface ListedUser {
  readonly login: string;
  readonly role: Exclude<Role, 'engine'>;
  readonly displayName: string;
  /** Code of the unit that the user belongs to. */
  readonly unit: string;
  /** Code of the place that the user works in: the unit's place or a part of it. */
  readonly place: string;
}

/** In which units a role makes sense. A role with an empty list may belong to any unit. */
const unitKindsOf: Readonly<Record<ListedUser['role'], readonly UnitKind[]>> = {
  'grid-worker': ['workstation'],
  'street-dispatcher': ['street-centre'],
  'unit-handler': ['workstation', 'street-unit', 'commission', 'bureau'],
  'district-dispatcher': ['district-centre'],
  'city-dispatcher': ['city-centre'],
  analyst: [],
  auditor: [],
  administrator: [],
  channel: [],
};

const roleNames = Object.keys(unitKindsOf) as ListedUser['role'][];
const columns = ['login', 'role', 'display_name', 'unit', 'place'];

const readUser = (entry: Entry, city: City): ListedUser | null => {
  const role = entry.oneOf('role', roleNames, 'reference.unknown-role');
  const user = { login: entry.code('login'), displayName: entry.text('display_name'), unit: entry.code('unit'), place: entry.code('place') };
  const unit = city.unit(user.unit);
  if (!unit) entry.problem('unit', 'reference.unknown-unit', `there is no unit "${user.unit}"`);
  else if (role !== null && unitKindsOf[role].length > 0 && !unitKindsOf[role].includes(unit.kind)) {
    entry.problem('unit', 'reference.role-unit', `a ${role} belongs to a ${unitKindsOf[role].join(' or ')}, but "${unit.code}" is a ${unit.kind}`);
  }
  if (!city.place(user.place)) entry.problem('place', 'reference.unknown-place', `there is no place "${user.place}"`);
  else if (unit && !city.contains(unit.place, user.place)) {
    entry.problem('place', 'reference.place-of-unit', `"${user.place}" is no part of "${unit.place}", for which "${unit.code}" answers`);
  }
  return role === null ? null : { ...user, role };
};

/** Reads the list of users of a city whose reference data is sound; nobody may be used while there are problems. */
export const assembleUsers = (table: Table, reference: Reference): { readonly users: readonly ListedUser[]; readonly problems: readonly Problem[] } => {
  const findings = new Findings();
  const city = cityOf(reference);
  const read = entriesOf(findings, table, columns).flatMap((entry) => {
    const user = readUser(entry, city);
    return user ? [[entry, user] as const] : [];
  });
  const users = withoutDuplicates(read, 'login', (user) => user.login).map(([, user]) => user);
  return { users, problems: findings.problems };
};
