import { computed, ref, watchEffect } from 'vue';

/** 语言 zh-CN comes first; en is complete. */
export type Language = 'zh-CN' | 'en';

const kept = 'threeloops.language';

const remembered = (): Language => {
  try {
    return localStorage.getItem(kept) === 'en' ? 'en' : 'zh-CN';
  } catch {
    return 'zh-CN';
  }
};

export const language = ref<Language>(typeof localStorage === 'undefined' ? 'zh-CN' : remembered());

export const speak = (chosen: Language): void => {
  language.value = chosen;
  try {
    localStorage.setItem(kept, chosen);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
};

if (typeof document !== 'undefined') watchEffect(() => document.documentElement.setAttribute('lang', language.value));

export type Parts = Readonly<Record<string, string | number>>;
type Dictionary<Key extends string> = Readonly<Record<Key, string>>;

/** `{n}` and the like stand for parts; sentences are never put together from pieces. */
const filled = (text: string, parts: Parts): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole));

/** A dictionary of one part of the console. A word that English lacks does not compile. */
export const words = <Key extends string>(zh: Dictionary<Key>, en: Dictionary<NoInfer<Key>>): ((key: Key, parts?: Parts) => string) =>
  (key, parts = {}) => filled((language.value === 'en' ? en : zh)[key], parts);

/** `DispatchReturned` and `not-our-duty` as English words, for names that the engine has in Chinese only. */
const spelled = (identifier: string): string => {
  const text = identifier.replace(/-/g, ' ').replace(/([a-z0-9])([A-Z])/g, (_pair, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** The Chinese name of something that has an English identifier, or the identifier as words. */
export const named = (identifier: string, chinese: string): string => (language.value === 'en' ? spelled(identifier) : chinese);

export const isEnglish = computed(() => language.value === 'en');
