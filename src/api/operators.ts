/** Those who log in to manage. A password goes in and is kept as a hash; it never comes out. */
import { z } from 'zod';
import { roles, type StoredOperator } from '../core/management.js';
import { collectionRows } from './collection.js';
import type { Context } from './context.js';
import type { Passwords } from './password.js';
import { fieldProblem } from './problem.js';
import type { Row } from './route.js';
import { administrators, newPassword, text, weakPassword } from './schemas.js';

const key = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._@-]*$/, 'must be the login name: lower-case letters, digits and . _ @ -');
const shown = z.object({
  name: text(1, 128),
  role: z.enum(['administrator', 'operator', 'viewer', 'intercom']),
  disabled: z.boolean().default(false),
});
const fields = shown.extend({
  /** Needed for a new operator; otherwise absent = the old one stays. A new one ends all logins and tokens. */
  password: newPassword.exactOptional(),
});

/** The rows about operators; the id is the login name. */
export function operatorRows(context: Context, passwords: Passwords): readonly Row[] {
  return collectionRows(context, {
    collection: 'operators',
    path: '/api/v1/operators',
    noun: 'operator',
    read: administrators,
    change: administrators,
    fields,
    key,
    keyBody: key,
    requiredKey: true,
    view: shown.extend({ id: z.string(), role: z.enum(roles) }),
    toBody: async (id, { password, ...rest }, before) => {
      if (before?.role === 'demo') return fieldProblem('role', 'the demo makes its operator itself', 409);
      if (password === undefined) {
        if (before === undefined) return fieldProblem('password', 'is needed for a new operator');
        return { id, ...rest, passwordHash: before.passwordHash };
      }
      const weak = weakPassword('password', password, id);
      return weak ?? { id, ...rest, passwordHash: await passwords.hash(password) };
    },
    toView: withoutHash,
    toFields: ({ id: _id, passwordHash: _hash, ...rest }) => rest,
  });
}

function withoutHash({ passwordHash: _hash, ...rest }: StoredOperator): Omit<StoredOperator, 'passwordHash'> {
  return rest;
}
