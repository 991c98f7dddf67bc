import { ClaimsAtOnce0000000000009 } from './claims-at-once.js';
import { DeadlineClaims0000000000007 } from './deadline-claims.js';
import { DeadlineRows0000000000005 } from './deadline-rows.js';
import { LogTables0000000000001 } from './log-tables.js';
import { SecretMarks0000000000010 } from './secret-marks.js';
import { SubscriptionParts0000000000006 } from './subscription-parts.js';
import { SubscriptionTables0000000000002 } from './subscription-tables.js';
import { VaultTables0000000000003 } from './vault-tables.js';
import { WholeClaims0000000000008 } from './whole-claims.js';

/** Every step of the schema, oldest first. A step that has been released is never changed; new ones are added at the end. */
export const migrations = [LogTables0000000000001, SubscriptionTables0000000000002, VaultTables0000000000003, DeadlineRows0000000000005, SubscriptionParts0000000000006, DeadlineClaims0000000000007, WholeClaims0000000000008, ClaimsAtOnce0000000000009, SecretMarks0000000000010] as const;
