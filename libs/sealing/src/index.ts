export { openBytes, sealBytes } from './bytes.js';
export { keyFrom, Sealer } from './sealer.js';
export type { SealedField, SealedText } from './sealer.js';
