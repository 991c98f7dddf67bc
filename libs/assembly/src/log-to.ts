import pino from 'pino';
import type { Notice } from './engine.js';

/** What operators read: one line of JSON each, on standard error, so that standard output stays for people. */
export const logTo = (level: string): pino.Logger => pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }));

export const noticesTo = (log: pino.Logger): Notice => (notice, error) => (error === undefined ? log.warn(notice) : log.error({ err: error }, notice));
