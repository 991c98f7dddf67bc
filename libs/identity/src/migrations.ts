import { AccountsAndSessions0000000000201 } from './migrations/accounts-and-sessions.js';

/** Migrations of the schema `identity`, for the list of whoever runs them. */
export const identityMigrations = [AccountsAndSessions0000000000201] as const;
