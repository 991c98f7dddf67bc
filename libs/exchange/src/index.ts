export type { BusState, ConsumerStatus, IncomingRecord, Intake, OutgoingRecord, RecordConsumer, RecordPublisher } from './bus.js';
export { FactPublishing } from './fact-publishing.js';
export { MemoryBus } from './memory-bus.js';
export { recordOfFact, withoutPersons } from './public-fact.js';
