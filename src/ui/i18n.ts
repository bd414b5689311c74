/** The words of the page: a message by its key, with its parts filled in, in the language chosen. */
import { type ComponentChildren, Fragment, h } from 'preact';
import { en, type MessageKey } from './messages/en.js';
import { createStore } from './store.js';

export type Language = 'en' | 'de';
export type Values = Readonly<Record<string, string | number>>;
export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const kept = 'sallyport-language';
const words = createStore<Readonly<Record<string, string>>>(en);
export const language = createStore<Language>('en');

/** The language kept on this browser, else the browser's own. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(kept) ?? navigator.language;
  return chosen.startsWith('de') ? 'de' : 'en';
}

/** Loads a language and shows it. */
export async function speak(wanted: Language): Promise<void> {
  words.set(wanted === 'de' ? (await import('./messages/de.js')).de : en);
  document.documentElement.lang = wanted;
  language.set(wanted);
}

/** Speaks a language from now on. */
export async function chooseLanguage(wanted: Language): Promise<void> {
  localStorage.setItem(kept, wanted);
  await speak(wanted);
}

/** A message; `{name}` in it is filled from `values`. */
export function t(key: MessageKey, values: Values = {}): string {
  return textOf(key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The message for this many: `key.one` or `key.other`. */
export function tn(key: string, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language.get()).select(count) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}` as MessageKey, { count: number(count), ...values });
}

/** A message whose parts are elements. */
export function rich(key: MessageKey, parts: Readonly<Record<string, ComponentChildren>>): ComponentChildren {
  const pieces = textOf(key)
    .split(/(\{\w+\})/)
    .map((piece) => (piece.startsWith('{') ? (parts[piece.slice(1, -1)] ?? '') : piece));
  return h(Fragment, null, ...pieces);
}

/** A message whose key is made of data; the data itself where we have no word for it. */
export function word(prefix: string, name: string): string {
  return textOf(`${prefix}.${name}`, name);
}

/** Is there a message of this key? */
export function has(key: string): boolean {
  return words.get()[key] !== undefined;
}

export function number(value: number): string {
  return value.toLocaleString(language.get());
}

function textOf(key: string, otherwise: string = key): string {
  return words.get()[key] ?? (en as Readonly<Record<string, string>>)[key] ?? otherwise;
}
