/** Schemas that several resources share: names, ids, pages, sets of roles. */
import { z } from 'zod';
import type { Role } from '../core/management.js';
import { fieldProblem, type Problem } from './problem.js';

/** Whoever may look at everything. */
export const readers: readonly [Role, ...Role[]] = ['administrator', 'operator', 'viewer'];
/** Whoever may watch doors and events: readers and the demo. */
export const watchers: readonly [Role, ...Role[]] = ['administrator', 'operator', 'viewer', 'demo'];
/** Every role there is: whoever stands at a door, and what is about the caller himself. */
export const doorWatchers: readonly [Role, ...Role[]] = [
  'administrator',
  'operator',
  'viewer',
  'intercom',
  'demo',
];
/** Whoever may let somebody in from afar. */
export const releasers: readonly [Role, ...Role[]] = ['administrator', 'operator', 'intercom'];
/** Whoever manages people and acts on doors. */
export const operators: readonly [Role, ...Role[]] = ['administrator', 'operator'];
/** Whoever sets the installation up. */
export const administrators: readonly [Role, ...Role[]] = ['administrator'];

const printable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** Text an operator wrote: no control characters, no lone surrogates. */
export function text(min: number, max: number) {
  return z.string().min(min).max(max).regex(printable, 'has control characters');
}

/** A key: chosen by the client or made by us. */
export const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.:-]+$/, 'may have letters, digits and _ . : -');

export const idParams = z.strictObject({ id });

/** The login name: folded to lower case, so that no two look alike by case. */
export const loginName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._@-]*$/i, 'may have letters, digits and . _ @ -')
  .transform((name) => name.toLowerCase());
export const newPassword = text(8, 128);
/** As old ones may be: whatever was right once must be tried. */
export const anyPassword = z.string().min(1).max(128);

/** What everybody tries first. Shorter ones are refused by their length. */
const commonPasswords = new Set(
  (
    'password passw0rd p@ssword p@ssw0rd letmein welcome iloveyou sunshine princess football baseball basketball ' +
    'superman batman trustno1 starwars whatever computer internet michelle jennifer qwertyuiop asdfghjkl zxcvbnm ' +
    'q1w2e3r4 1q2w3e4r 1qaz2wsx qazwsxedc zaq12wsx abcd1234 abc12345 a1b2c3d4 admin administrator changeme default ' +
    'raspberry sallyport opensesame doorlock akuvox hirsch security secret master access keypad test guest root'
  ).split(' '),
);

/** Is it one of those everybody tries: a common word with digits, one sign or a row of them, the name itself? */
export function weakPassword(field: string, password: string, name: string): Problem | undefined {
  const plain = password.normalize('NFKC').toLowerCase();
  const word = plain.replace(/[^a-z]+$|^[^a-z]+/g, '');
  const codes = [...plain].map((sign) => sign.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  const isRow = steps.size === 1 && [0, 1, -1].includes([...steps][0] ?? 2);
  const isDate = /^[0-9]{1,10}$/.test(plain);
  const guessed = commonPasswords.has(plain) || commonPasswords.has(word) || (word !== '' && word === name);
  if (!guessed && !isRow && !isDate) return undefined;
  return fieldProblem(field, 'is among the first that are tried: choose another, three words for instance');
}

/** Unix milliseconds. */
export const unixMs = z.int().min(0).max(8_640_000_000_000_000);
export const revision = z.int().min(0);
/** A door, reader or other list of keys, each once. */
export function ids(max: number) {
  return z
    .array(id)
    .max(max)
    .refine((list) => new Set(list).size === list.length, 'names one twice');
}

export const pageQuery = z.strictObject({
  cursor: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** A page of things: `next` is the cursor of the next one, absent at the end. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().exactOptional() });
}

/** `http` or `https`; `$name` and the other variables may stand behind the host. */
export const outgoingUrl = text(1, 1_024).refine((url) => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return /^https?:$/.test(parsed?.protocol ?? '') && !parsed?.host.includes('$');
}, 'must be an http:// or https:// URL');
