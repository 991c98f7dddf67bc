export { Engine, moreMigrations } from './engine.js';
export type { EngineOptions, Notice } from './engine.js';
export { loadSecrets } from './secrets.js';
export type { Secrets } from './secrets.js';
export { seed } from './seeding.js';
export type { Seeded } from './seeding.js';
export { settingsFrom } from './settings.js';
export type { Settings } from './settings.js';
export { explain, stopOnSignals } from './process-end.js';
