import { AccountsAndSessions1700000100000 } from './migrations/1700000100000-accounts-and-sessions.js';

/** Migrations of the schema `identity`, for the list of whoever runs them. */
export const identityMigrations = [AccountsAndSessions1700000100000] as const;
