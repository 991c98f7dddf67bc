export { openBytes, sealBytes } from './bytes.js';
export { keyFrom, Sealer } from './sealer.js';
export type { PersonalTexts, SealedField, SealedText } from './sealer.js';
