import { words } from '../shared/language.js';
import { en } from './words-en.js';
import { zh } from './words-zh.js';

export const p = words(zh, en);
