export { ladder, passTime, reactionsTo } from './ladder.js';
export type { Reaction } from './ladder.js';
export type { Loop } from './reaction.js';
