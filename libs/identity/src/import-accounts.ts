import { Refusal, roles } from '#kernel';
import type { City } from '#reference';
import { loginOf } from './account.js';
import type { Account, AccountRole, NewAccount } from './account.js';
import type { Doorkeeper } from './doorkeeper.js';
import { newPassword } from './tokens.js';

/** One line of a table of accounts, as text. An empty `place` means the whole city. */
export interface AccountRow {
  readonly login: string;
  readonly displayName: string;
  readonly role: string;
  readonly unit: string;
  readonly place: string;
}

export interface ImportedAccount {
  readonly account: Account;
  /** Shown once and stored nowhere; null when the account was there already or none was asked for. */
  readonly password: string | null;
  readonly status: 'created' | 'present';
}

const placeless: readonly AccountRole[] = ['administrator', 'channel'];
const kindsOfPlace: Readonly<Partial<Record<AccountRole, readonly string[]>>> = {
  'grid-worker': ['grid', 'community'],
  'street-dispatcher': ['street'],
  'district-dispatcher': ['district'],
};

/**
 * Refuses an account that would not fit the city: `account.login-unreadable`, `account.role-unknown`, `account.unit-unknown`,
 * `account.place-unknown`, `account.place-kind`. Administrators and channels need no unit of the city.
 */
export const checkAccount = (row: AccountRow, city: City): NewAccount => {
  const refuse = (code: string, field: keyof AccountRow, message: string): never => {
    throw new Refusal(`account.${code}`, message, { field, value: row[field] });
  };
  const login = loginOf(row.login);
  if (row.displayName.trim() === '') refuse('name-missing', 'displayName', 'An account carries the name of its person or program.');
  if (!roles.includes(row.role as AccountRole) || row.role === 'engine') refuse('role-unknown', 'role', `"${row.role}" is no role that an account can have.`);
  const role = row.role as AccountRole;
  if (!placeless.includes(role) && role !== 'analyst' && role !== 'auditor' && !city.unit(row.unit)) refuse('unit-unknown', 'unit', `There is no unit "${row.unit}".`);
  if (row.unit.trim() === '') refuse('unit-unknown', 'unit', 'Every account acts for a unit.');
  const place = row.place === '' ? null : row.place;
  const known = place === null ? null : city.place(place);
  if (place !== null && !known) refuse('place-unknown', 'place', `There is no place "${place}".`);
  const kinds = kindsOfPlace[role];
  if (kinds && !(known && kinds.includes(known.kind))) refuse('place-kind', 'place', `A ${role} answers for a ${kinds.join(' or a ')}.`);
  return { login, displayName: row.displayName.trim(), role, unit: row.unit, place };
};

/**
 * Brings a table of accounts in. Accounts that are there already stay as they are, so a second import adds nothing. All rows are
 * checked before the first is written; the refusal carries the number of the row (1 for the first) in its details.
 */
export const importAccounts = async (
  rows: readonly AccountRow[],
  city: City,
  doorkeeper: Doorkeeper,
  { withPasswords = false }: { readonly withPasswords?: boolean } = {},
): Promise<readonly ImportedAccount[]> => {
  const wanted = rows.map((row, index) => {
    try {
      return checkAccount(row, city);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.code, `Row ${index + 1}: ${error.message}`, { ...error.details, row: index + 1 });
      throw error;
    }
  });
  const present = new Map((await doorkeeper.accounts()).map((account) => [account.login, account]));
  const imported: ImportedAccount[] = [];
  for (const account of wanted) {
    const known = present.get(account.login);
    if (known) {
      imported.push({ account: known, password: null, status: 'present' });
      continue;
    }
    const password = withPasswords ? newPassword() : null;
    const added = await doorkeeper.addAccount(account, password);
    present.set(added.login, added);
    imported.push({ account: added, password, status: 'created' });
  }
  return imported;
};
