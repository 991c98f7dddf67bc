import { roles } from '#kernel';
import type { AccountRole } from '#identity';
import { Code, Flag, Line, OneOf, Text } from '../door/fields.js';

const optional = true;
const accountRoles = roles.filter((role) => role !== 'engine');

export class SignInBody {
  @Line(64) login!: string;
  @Text(256) password!: string;
  @Flag({ optional, description: 'Answer the token for an Authorization: Bearer header instead of setting a cookie' }) bearer?: boolean;
}

export class SignInForm {
  @Line(64) login!: string;
  @Text(256) password!: string;
  @Line(500, { optional }) to?: string;
}

export class SetupBody {
  @Code({ lengthMax: 43 }) token!: string;
  @Line(64) login!: string;
  @Line(100) displayName!: string;
  @Text(256) password!: string;
}

export class NewPasswordForm {
  @Code({ lengthMax: 43 }) token!: string;
  @Text(256) password!: string;
}

export class AccountBody {
  @Line(64, { example: 'zhang.wei' }) login!: string;
  @Line(100) displayName!: string;
  @OneOf(accountRoles, 'AccountRole') role!: AccountRole;
  @Code({ description: 'Unit that the account acts for' }) unit!: string;
  @Code({ optional, description: 'Place that the account answers for; the whole city if left out' }) place?: string;
}
