/** OpenDoor sources: a password goes in, its HA1 is stored, neither ever comes out. */
import { z } from 'zod';
import type { StoredSource } from '../core/management.js';
import { isAddressBlock } from './akuvox/addresses.js';
import { ha1 } from './akuvox/digest.js';
import { collectionRows } from './collection.js';
import type { Context } from './context.js';
import { fieldProblem, type Problem } from './problem.js';
import type { Row } from './route.js';
import { administrators, id, ids, text } from './schemas.js';

// What needs no escape in a quoted-string and no charset in a header.
const username = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'is 1 to 64 printable ASCII characters')
  .refine((name) => !/[:"\\]/.test(name), 'must not have : " or \\');
const scheme = z.enum(['digest-sha256', 'digest-md5', 'basic']);
const shown = z.object({
  name: text(1, 128),
  enabled: z.boolean().default(false),
  serves: z.enum(['open-door', 'api']).default('open-door'),
  addresses: z
    .array(z.string().max(64).refine(isAddressBlock, 'must be an address or CIDR block'))
    .max(64)
    .default([]),
  username,
  schemes: z.array(scheme).min(1).max(3).default(['digest-sha256']),
  legacyForm: z.boolean().default(false),
  doors: ids(64).default([]),
  direction: z.enum(['wire', 'entry', 'exit']).default('wire'),
  numericMode: z.enum(['1-2', '0-1']).default('1-2'),
  codeFormat: z.enum(['8HN', '8HR', '6H3D5D', '8H10D']).default('8HN'),
  identifyBy: z.enum(['code', 'name']).default('code'),
  missingCode: z.enum(['refuse', 'release']).default('refuse'),
  repeatMs: z.int().min(0).max(60_000).default(1_000),
});
const fields = shown.extend({
  /** Needed for a new source and a new username; otherwise absent = the old one stays. */
  password: text(8, 64).exactOptional(),
});

/** The rows about sources. */
export function sourceRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'sources',
    path: '/api/v1/sources',
    noun: 'source',
    read: administrators,
    change: administrators,
    fields,
    view: shown.extend({ id }),
    toBody: (key, sent, before) => {
      const wrong = wrongField(context, key, sent);
      if (wrong !== undefined) return wrong;
      const hashes = hashesOf(sent, before);
      if ('problem' in hashes) return hashes;
      const { password: _password, ...rest } = sent;
      return { id: key, ...rest, ...hashes };
    },
    toView: ({ ha1Md5: _md5, ha1Sha256: _sha256, ...rest }) => ({ serves: 'open-door', ...rest }),
    toFields: ({ id: _id, ha1Md5: _md5, ha1Sha256: _sha256, ...rest }) => rest,
  });
}

function wrongField(context: Context, key: string, sent: z.output<typeof fields>): Problem | undefined {
  const doors = new Set(context.site.doors.map((door) => door.id));
  const unknown = sent.doors.findIndex((door) => !doors.has(door));
  if (unknown >= 0) return fieldProblem(`doors.${unknown}`, 'there is no such door');
  const twin = allSources(context).find((one) => one.username === sent.username && one.id !== key);
  return twin === undefined ? undefined : fieldProblem('username', `source ${twin.id} has this one`, 409);
}

/** HA1 covers the username: a new one needs the password again. */
function hashesOf(
  sent: z.output<typeof fields>,
  before: StoredSource | undefined,
): Pick<StoredSource, 'ha1Md5' | 'ha1Sha256'> | Problem {
  const { username: name, password } = sent;
  if (password !== undefined) {
    return { ha1Md5: ha1('MD5', name, password), ha1Sha256: ha1('SHA-256', name, password) };
  }
  if (before?.username === name) return { ha1Md5: before.ha1Md5, ha1Sha256: before.ha1Sha256 };
  return fieldProblem('password', 'is needed with a new username');
}

/** Every stored source. */
export function allSources(context: Pick<Context, 'reads'>): readonly StoredSource[] {
  const sources: StoredSource[] = [];
  for (let after: string | undefined; ; ) {
    const page = context.reads.list('sources', { limit: 1_000, ...(after === undefined ? {} : { after }) });
    sources.push(...page.items.map(({ body }) => body));
    if (page.next === undefined) return sources;
    after = page.next;
  }
}
