/** Names and passwords checked: counted, paused, logged, and taking as long for a name that does not exist. */
import type { Json } from '../core/log.js';
import type { ManagementWrite, StoredOperator, WriteOp } from '../core/management.js';
import { type NewToken, newToken, tidyOps } from './auth.js';
import { createBackOff } from './backOff.js';
import { type Context, write } from './context.js';
import type { Passwords } from './password.js';
import { laterProblem, type Problem, problem } from './problem.js';
import { createRowBound } from './rowBound.js';

export interface Logins {
  /** The operator who has this name and password. */
  verify(name: string, password: string, address: string): Promise<StoredOperator | Problem>;
  /** Makes an operator's token in one write with `also`, and says so in the log. */
  begin(of: Begin): Promise<ReturnType<typeof newToken> | Problem>;
  /** A pause of this kind and address, if there is one. */
  pause(kind: 'claim', address: string): Problem | undefined;
  /** A failure of another kind: counted and logged alike. */
  failed(kind: 'claim', address: string, detail: { readonly [key: string]: Json }): Promise<void>;
}

interface Begin {
  readonly token: NewToken;
  readonly address: string;
  readonly event: NonNullable<ManagementWrite['event']>;
  readonly also?: readonly WriteOp[];
}

/** From the twentieth failure on an address waits for every name: guessing one password for many names. */
const addressFailures = 20;

export function createLogins(context: Context, passwords: Passwords): Logins {
  const byName = createBackOff();
  const byAddress = createBackOff(addressFailures);
  const rows = createRowBound(10, 60_000);
  const nowMs = () => context.now().monoMs;
  const note = (address: string, detail: { readonly [key: string]: Json }) =>
    noteFailure(context, rows(address, nowMs()), { ...detail, address });
  return {
    async verify(name, password, address) {
      const key = `login ${name} ${address}`;
      const waitSeconds = Math.max(byName.waitSeconds(key, nowMs()), byAddress.waitSeconds(address, nowMs()));
      if (waitSeconds > 0) return laterProblem(429, 'Too many wrong logins.', waitSeconds);
      const found = context.reads.get('operators', name)?.body;
      const operator = found?.disabled === false ? found : undefined;
      // Counted before the slow part, else many tries at once would all pass the gate above.
      const takeBack = [byName.failed(key, nowMs()), byAddress.failed(address, nowMs())];
      const right = await passwords.verify(password, operator?.passwordHash);
      if (right === undefined) {
        // Nobody looked at the password: a flood must not lock out who only came beside it.
        for (const back of takeBack) back();
        return laterProblem(503, 'Too many logins at once.', 5);
      }
      if (!right || operator === undefined) {
        await note(address, { name, cause: 'password' });
        return problem(401, 'Name or password is wrong.');
      }
      byName.succeeded(key);
      byAddress.succeeded(address);
      return operator;
    },
    async begin({ token, address, event, also = [] }) {
      const { operator } = token;
      const before = context.reads.get('operators', operator)?.body.passwordHash;
      const made = newToken(context, token);
      const { stored } = made;
      const ops: readonly WriteOp[] = [
        ...tidyOps(context, operator),
        ...also,
        { op: 'put', collection: 'tokens', id: stored.id, body: stored, expect: 'absent' },
      ];
      const by = { kind: 'operator', operator, address } as const;
      const done = await write(context, by, ops, event, { operator, address });
      if ('problem' in done) return done;
      // The password may have been changed while it was checked: what was begun with the old one ends.
      const now = context.reads.get('operators', operator)?.body.passwordHash;
      if (before === undefined || before === now) return made;
      await write(context, by, [{ op: 'delete', collection: 'tokens', id: stored.id }]);
      return problem(401, 'Name or password is wrong.');
    },
    pause(kind, address) {
      const waitSeconds = byName.waitSeconds(`${kind} ${address}`, nowMs());
      return waitSeconds > 0
        ? laterProblem(429, 'Too many wrong codes from this address.', waitSeconds)
        : undefined;
    },
    async failed(kind, address, detail) {
      byName.failed(`${kind} ${address}`, nowMs());
      await note(address, detail);
    },
  };
}

/** A row for a failed login; bounded for each address. */
async function noteFailure(
  context: Context,
  heldBack: number | undefined,
  of: { readonly [key: string]: Json },
): Promise<void> {
  if (heldBack === undefined) return;
  const detail = { ...of, ...(heldBack === 0 ? {} : { heldBack }) };
  context.log.warn(detail, 'login failed');
  const reply = await context.control({
    kind: 'write',
    write: { by: { kind: 'system' }, ops: [], event: 'login-failed', detail },
  });
  if (reply.kind !== 'written' || !reply.result.ok)
    context.log.error(detail, 'row of a failed login not written');
}
