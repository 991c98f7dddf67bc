import type { Doorkeeper } from './doorkeeper.js';

const pathOf = (page: 'setup' | 'login' | 'reset', token: string): string => `/${page}?token=${token}`;

/** Path of the page on which the first administrator is made; printed once by whoever starts an engine without accounts. */
export const setupLink = async (doorkeeper: Doorkeeper): Promise<string> => pathOf('setup', await doorkeeper.openLink('setup'));

/** Path that signs one account in, once, and goes on to a page: for the demo and for an administrator at the machine itself. */
export const loginLink = async (doorkeeper: Doorkeeper, accountId: string, to: `/${string}` = '/'): Promise<string> =>
  `${pathOf('login', await doorkeeper.openLink('login', accountId))}${to === '/' ? '' : `&to=${encodeURIComponent(to)}`}`;

/** Path of the page on which an account sets its password. */
export const resetLink = async (doorkeeper: Doorkeeper, accountId: string): Promise<string> => pathOf('reset', await doorkeeper.openLink('reset', accountId));
