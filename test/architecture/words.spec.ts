import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chineseNameOf, incidentEventKinds, otherEventKinds } from '#events';
import { root } from './planted.js';

const kinds = { ...incidentEventKinds, ...otherEventKinds };
const types = Object.keys(kinds);
const chinese = /^[\u4e00-\u9fff]+$/;

/** Exported types of a file with the first word of the doc comment above them. */
const documented = async (path: string): Promise<ReadonlyMap<string, string>> => {
  const text = await readFile(join(root, path), 'utf8');
  const found = text.matchAll(/\/\*\*\s*(?:\*\s*)?([^\s(*]+)(?:(?!\*\/)[^])*\*\/\s*export (?:type|interface|const|class) (\w+)/g);
  return new Map([...found].map(([, word = '', name = '']) => [name, word]));
};

interface Term {
  readonly english: string;
  readonly chinese: string;
  readonly meaning: string;
}

/** Rows of the table under «## Words 词汇» of the README. */
const glossary = async (): Promise<readonly Term[]> => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((part) => part.startsWith('Words 词汇'));
  if (!section) throw new Error('README.md has no section "## Words 词汇"');
  return section.split('\n').filter((line) => line.startsWith('| `')).map((line) => {
    const [english = '', word = '', meaning = ''] = line.split('|').slice(1).map((cell) => cell.trim());
    return { english: english.replaceAll('`', ''), chinese: word, meaning };
  });
};

describe('the words of the city', () => {
  it('every fact has its Chinese name in the registry, and no two have the same', () => {
    expect(types.filter((type) => !chinese.test(chineseNameOf(type)))).toEqual([]);
    expect(new Set(types.map(chineseNameOf)).size).toBe(types.length);
  });

  it('the doc comment of a fact begins with that word', async () => {
    const words = new Map([...(await documented('libs/events/src/incident-events.ts')), ...(await documented('libs/events/src/reference-events.ts')), ...(await documented('libs/events/src/figure-events.ts'))]);
    expect(types.filter((type) => words.get(type) !== chineseNameOf(type)).map((type) => [type, chineseNameOf(type), words.get(type)])).toEqual([]);
  });

  it('the doc comment of a command begins with a Chinese word', async () => {
    const words = await documented('libs/incident/src/commands.ts');
    const commands = [...words].filter(([name]) => name !== 'OtherIncident');
    expect(commands.length).toBeGreaterThan(40);
    expect(commands.filter(([, word]) => !chinese.test(word))).toEqual([]);
  });

  it('the README explains every fact, under the name that the registry has', async () => {
    const terms = await glossary();
    const row = new Map(terms.map((term) => [term.english, term.chinese]));
    expect(types.filter((type) => row.get(type) !== chineseNameOf(type)).map((type) => [type, chineseNameOf(type), row.get(type)])).toEqual([]);
  });

  it('the README explains nothing that is not there, and nothing twice', async () => {
    const terms = await glossary();
    const english = terms.map((term) => term.english);
    expect(english.filter((name, index) => english.indexOf(name) !== index)).toEqual([]);
    const ideas = new Map<string, string>();
    for (const path of ideaFiles) for (const [name, word] of await documented(path)) ideas.set(name, word);
    const known = (name: string, word: string): boolean => kinds[name as keyof typeof kinds]?.chinese === word || ideas.get(name) === word;
    expect(terms.filter((term) => !known(term.english, term.chinese))).toEqual([]);
    expect(terms.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
  });
});

/** Where the words that are no facts are explained in the code. */
const ideaFiles = [
  'libs/kernel/src/actor.ts', 'libs/kernel/src/clock.ts', 'libs/kernel/src/message.ts', 'libs/kernel/src/refusal.ts', 'libs/kernel/src/event-store.ts', 'libs/kernel/src/key-vault.ts',
  'libs/kernel/src/subscriptions.ts', 'libs/kernel/src/deadline-index.ts', 'libs/kernel/src/decider.ts',
  'libs/reference/src/catalogue.ts', 'libs/reference/src/calendar.ts', 'libs/reference/src/duty.ts', 'libs/reference/src/ladder.ts', 'libs/reference/src/place.ts', 'libs/reference/src/policy.ts',
  'libs/reference/src/reference.ts', 'libs/reference/src/unit.ts', 'libs/reference/src/library.ts',
  'libs/incident/src/state.ts', 'libs/loops/src/ladder.ts', 'libs/loops/src/grid/grid-loop.ts', 'libs/loops/src/street/street-loop.ts', 'libs/loops/src/city/city-loop.ts', 'libs/loops/src/reaction.ts',
  'libs/loops/src/aftercare.ts', 'libs/events/src/parts.ts',
  'libs/evidence/src/checkpoint.ts', 'libs/evidence/src/receipt.ts', 'libs/evidence/src/epoch-link.ts', 'libs/evidence/src/verdict.ts', 'libs/notary/src/witness-client.ts', 'libs/metrics/src/ledger.ts', 'libs/metrics/src/metric.ts',
];
