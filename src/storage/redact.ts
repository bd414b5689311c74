import type { Json } from '../core/log.js';
import type { Collection, Collections } from '../core/management.js';
import { maskedUrl } from '../core/outgoingUrl.js';

type Fields = { readonly [key: string]: Json };

/** Fields that never reach the log. Of credentials see `redacted`. */
const secretFields: Partial<Record<Collection, readonly string[]>> = {
  operators: ['passwordHash'],
  tokens: ['hash'],
  sources: ['ha1Md5', 'ha1Sha256'],
  hooks: ['secret'],
};

const sensitiveSetting = /pepper|secret|password|key|token|code|hash/i;

export interface LoggedChange {
  readonly before?: Fields;
  readonly after?: Fields;
  /** A secret was replaced; its values stay out of the log. */
  readonly secretChanged?: true;
}

/** What the log may say of a change: of a replacement only the fields that differ, of none its secrets. */
export function loggedChange<C extends Collection>(
  collection: C,
  before: Collections[C] | undefined,
  after: Collections[C] | undefined,
): LoggedChange {
  const rawBefore = before === undefined ? undefined : fieldsOf(before);
  const rawAfter = after === undefined ? undefined : fieldsOf(after);
  if (rawBefore === undefined || rawAfter === undefined) {
    return {
      ...(rawBefore === undefined ? {} : { before: redacted(collection, rawBefore) }),
      ...(rawAfter === undefined ? {} : { after: redacted(collection, rawAfter) }),
    };
  }
  const differing = [...new Set([...Object.keys(rawBefore), ...Object.keys(rawAfter)])].filter(
    (key) => JSON.stringify(rawBefore[key]) !== JSON.stringify(rawAfter[key]),
  );
  const shownBefore = redacted(collection, rawBefore);
  const shownAfter = redacted(collection, rawAfter);
  const hidden = differing.some((key) => !(key in shownBefore) && !(key in shownAfter));
  return {
    before: only(shownBefore, differing),
    after: only(shownAfter, differing),
    ...(hidden ? { secretChanged: true } : {}),
  };
}

/** Of a card or code only the last characters are shown, of a PIN nothing. */
function redacted(collection: Collection, fields: Fields): Fields {
  const hidden = new Set(secretFields[collection] ?? []);
  if (collection === 'settings' && sensitiveSetting.test(String(fields['id']))) hidden.add('value');
  if (collection === 'credentials' && fields['kind'] === 'pin') {
    hidden.add('secret');
    // How many digits to try is half a secret.
    hidden.add('bits');
  }
  const shown = Object.entries(fields)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]): [string, Json] => [key, withMaskedUrls(key, value)]);
  if (collection !== 'credentials') return Object.fromEntries(shown);
  return Object.fromEntries(
    shown.map(([key, value]) => [key, key === 'secret' || key === 'number' ? masked(String(value)) : value]),
  );
}

/** Outgoing URLs may hold passwords, at any depth: a zone's stand in its actions. */
function withMaskedUrls(key: string, value: Json): Json {
  if (typeof value === 'string') return /^urls?$/.test(key) ? maskedUrl(value) : value;
  if (Array.isArray(value)) return value.map((one) => withMaskedUrls(key, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withMaskedUrls(name, one)]));
}

/** The last four characters; of a text that these would give away whole, nothing. */
function masked(value: string): string {
  return value.length > 6 ? `••••${value.slice(-4)}` : '••••';
}

function only(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)));
}

/** Bodies are plain data; a round trip drops what JSON cannot hold. */
function fieldsOf(body: unknown): Fields {
  return JSON.parse(JSON.stringify(body)) as Fields;
}
