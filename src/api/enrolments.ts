/** Enrolment as people do it: a card was presented, nobody has it, and now somebody shall. */
import { z } from 'zod';
import type { StoredUser, WriteOp } from '../core/management.js';
import { type Context, newId } from './context.js';
import { giveCredential, storedOf } from './credentials.js';
import { credentialView } from './credentialView.js';
import { fieldProblem, laterProblem } from './problem.js';
import { type Row, row } from './route.js';
import { id, ids, operators, text } from './schemas.js';

const newUser = z.strictObject({
  id: id.optional(),
  name: text(1, 128),
  groups: ids(64).default([]),
  accessRights: ids(64).default([]),
});
const body = z.union([
  z.strictObject({ handle: z.string().regex(/^[\w-]{1,32}$/), user: id }),
  z.strictObject({ handle: z.string().regex(/^[\w-]{1,32}$/), newUser }),
]);

/** The rows about enrolment. */
export function enrolmentRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'POST',
      path: '/api/v1/enrolments',
      roles: operators,
      summary:
        'Give the card just presented to a user or a new one; `handle` stands in the refusal as detail.enrol ' +
        'and is good for ten minutes',
      body,
      response: credentialView,
      status: 201,
      handler: async ({ body: sent, by, caller }) => {
        const reply = await context.control({ kind: 'unknown-card', handle: sent.handle });
        if (reply.kind !== 'unknown-card') return laterProblem(503, 'The controller is busy.', 5);
        if (reply.card === undefined) {
          return fieldProblem('handle', 'is too old: present the card again', 404);
        }
        const { kind, ...secret } = reply.card;
        const made = 'newUser' in sent ? userOf(context, sent.newUser) : undefined;
        const user = 'user' in sent ? sent.user : (made?.id ?? '');
        const stored = storedOf({ id: newId(context), user, kind, status: 'active' }, secret);
        return giveCredential(context, { by, caller, stored, field: 'handle', before: userOps(made) });
      },
    }),
  ];
}

function userOf(context: Context, { id: asked, ...sent }: z.output<typeof newUser>): StoredUser {
  return {
    id: asked ?? newId(context),
    ...sent,
    enabled: true,
    extendedUnlock: false,
    supervisor: false,
    note: '',
    urls: [],
  };
}

function userOps(user: StoredUser | undefined): readonly WriteOp[] {
  if (user === undefined) return [];
  return [{ op: 'put', collection: 'users', id: user.id, body: user, expect: 'absent' }];
}
