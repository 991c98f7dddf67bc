export { MemoryDeadlineIndex } from './memory-deadline-index.js';
export { MemoryEventStore } from './memory-event-store.js';
export { MemoryKeyVault } from './memory-key-vault.js';
export { MemorySubscriptions } from './memory-subscriptions.js';
export { SimulatedClock } from './simulated-clock.js';
