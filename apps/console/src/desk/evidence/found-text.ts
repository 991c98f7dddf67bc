import { isEnglish } from '../../shared/language.js';
import type { Found } from './verdict.js';
import { e } from './words.js';

const count = (value: number): string => value.toLocaleString('en-US');

/** What was found, in a sentence. */
export const foundText = (found: Found): string => {
  if (found.verdict === 'ok') return `✓ ${e('ok', { n: count(found.facts) })}`;
  if (found.verdict === 'undecided') return e('undecided');
  const { from, until } = found;
  if (from === null) return `✗ ${e('alteredSomewhere')}`;
  return `✗ ${until === null ? e('altered', { position: count(from) }) : e('alteredBetween', { from: count(from), until: count(until) })}`;
};

/** Why, in small print. The verifier speaks Chinese, so in English the sentence above has to do. */
export const foundDetail = (found: Found): string => {
  if (found.verdict === 'ok') return e('okUnder', { checkpoints: found.checkpoints });
  if (found.verdict === 'undecided' && found.code === 'verifier.no-hashes') return e('noHashes');
  return isEnglish.value && /\p{Script=Han}/u.test(found.why) ? '' : found.why;
};
