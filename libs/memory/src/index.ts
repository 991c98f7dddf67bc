export { MemoryDeadlineIndex } from './memory-deadline-index.js';
export { MemoryEventStore } from './memory-event-store.js';
export { MemoryKeyVault } from './memory-key-vault.js';
export { MemorySubscriptions } from './memory-subscriptions.js';
export { MemoryTransaction } from './memory-transaction.js';
export { SimulatedClock } from './simulated-clock.js';
