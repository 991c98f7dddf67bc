import { Refusal } from '#kernel';
import type { Actor, Iso, Role } from '#kernel';

/** Roles that a person or a program can have; `engine` is never an account. */
export type AccountRole = Exclude<Role, 'engine'>;

/**
 * 账号 Somebody who may come in. The name stays here: in the log there is only the pseudonymous `id`.
 */
export interface Account {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly role: AccountRole;
  /** Code of the unit that the account acts for; for administrators and channels a word of their own. */
  readonly unit: string;
  /** Code of the place that the account answers for; null for the whole city. */
  readonly place: string | null;
  readonly active: boolean;
  readonly createdAt: Iso;
}

export interface NewAccount {
  readonly login: string;
  readonly displayName: string;
  readonly role: AccountRole;
  readonly unit: string;
  readonly place: string | null;
}

const loginPattern = /^[a-z0-9][a-z0-9._-]{1,63}$/;

/** A login as it is kept, without regard to capitals. Refuses with `account.login-unreadable`. */
export const loginOf = (text: string): string => {
  const login = text.trim().toLowerCase();
  if (!loginPattern.test(login)) throw new Refusal('account.login-unreadable', 'A login is 2 to 64 letters a-z, digits, dots, dashes or underscores.', { field: 'login', value: text });
  return login;
};

/** 来访者 Whoever a request comes from, after the door has looked. */
export interface Caller {
  readonly account: Account;
  readonly actor: Actor;
  /** Hash under which the session is stored; the token itself is known to nobody but the caller. */
  readonly sessionHash: string;
}

export const actorOf = ({ id, role, unit }: Account): Actor => ({ id, role, unit });
