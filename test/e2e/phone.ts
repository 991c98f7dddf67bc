import { phoneOfflineChecks } from './phone-offline.js';
import { phoneScreenChecks } from './phone-screens.js';
import { phoneWorkChecks } from './phone-work.js';

/** A01 to A13, and what holds everywhere as far as the phone is concerned. */
export const phoneChecks = [...phoneWorkChecks, ...phoneOfflineChecks, ...phoneScreenChecks].sort((a, b) => (a.id < b.id ? -1 : 1));
