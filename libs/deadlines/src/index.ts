export type { NewClock, Reckoning, RunningClock } from './clock.js';
export { consumedAt, extendClock, pauseClock, resumeClock, startClock } from './clock.js';
export type { ClockMoment, Clocks } from './clock-fold.js';
export { evolveClocks, nextMoment, noClocks, pendingMoments } from './clock-fold.js';
export { deadlineChangesOf } from './deadline-changes.js';
export type { Span, TimeKind } from './work-time.js';
export { addTime, spanOf, timeBetween } from './work-time.js';
