import { deepEqual, ok } from 'node:assert/strict';
import { wireKinds } from '../../src/config/wiring.js';
import { denyReasons } from '../../src/core/decision.js';
import { logKinds } from '../../src/core/log.js';
import { de } from '../../src/ui/messages/de.js';
import { en } from '../../src/ui/messages/en.js';

const languages: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, de };
const partsOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([part]) => part).sort();

describe('ui messages', () => {
  for (const [language, messages] of Object.entries(languages)) {
    it(`${language} has the keys of English, none empty, each with the same parts`, () => {
      deepEqual(Object.keys(messages).sort(), Object.keys(en).sort());
      for (const [key, text] of Object.entries(en)) {
        ok((messages[key] ?? '').trim() !== '', key);
        deepEqual(partsOf(messages[key] ?? ''), partsOf(text), key);
      }
    });

    it(`${language} has a sentence and a name for every kind of row, and words for every reason and wire`, () => {
      const wanted = [
        ...logKinds.map((kind) => `event.${kind}`),
        ...logKinds.map((kind) => `kind.${kind}`),
        ...wireKinds.map((kind) => `wiring.as.${kind}`),
        ...denyReasons.map((reason) => `reason.${reason}`),
      ];
      deepEqual(
        wanted.filter((key) => !(key in messages)),
        [],
      );
    });
  }
});
