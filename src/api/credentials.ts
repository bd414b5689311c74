/**
 * Credentials of users. What is presented at the door goes in once and comes out masked; a PIN never comes out.
 * A credential's value is never changed: it is deleted and made anew, so that the log tells one from the other.
 */
import { z } from 'zod';
import type { Revised, StoredCredential } from '../core/management.js';
import { hexSecret, maskedLabel } from './akuvox/normalise.js';
import { deleteRow, precondition } from './collection.js';
import { type Context, newId, pinSecret, write } from './context.js';
import { fieldProblem, notFound, type Problem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { id, idParams, operators, pageOf, pageQuery, readers, revision, text } from './schemas.js';

const status = z.enum(['active', 'disabled', 'lost', 'stolen']);
const common = { id: id.optional(), user: id, status: status.default('active') };
const create = z.union([
  z.strictObject({
    ...common,
    kind: z.literal('card'),
    format: z.string().min(1).max(32),
    facility: z.int().min(0).max(0xffff_ffff).default(0),
    number: z.string().regex(/^[0-9]{1,20}$/, 'is decimal digits'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('card'),
    hex: z.string().regex(/^[0-9a-f]{1,64}$/i, 'is hex digits'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('card'),
    bits: z.string().regex(/^[01]{8,128}$/, 'is 0 and 1'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('pin'),
    pin: z.string().regex(/^[0-9]{4,8}$/, 'is 4 to 8 digits'),
  }),
  z.strictObject({ ...common, kind: z.literal('code'), code: text(1, 64) }),
]);
type Create = z.output<typeof create>;

const view = z.strictObject({
  id,
  user: z.string(),
  kind: z.enum(['card', 'pin', 'code']),
  status,
  /** Masked: the last four of a card or code, `PIN` of a PIN. */
  label: z.string(),
  format: z.string().exactOptional(),
  bits: z.int().exactOptional(),
  revision,
});
/** Whole only here, and only for those who manage people. */
const wholeView = view.extend({
  hex: z.string().exactOptional(),
  facility: z.int().exactOptional(),
  number: z.string().exactOptional(),
  code: z.string().exactOptional(),
});

/** The rows about credentials. */
export function credentialRows(context: Context): readonly Row[] {
  const path = '/api/v1/credentials';
  const single = `${path}/{id}`;
  return [
    listRow(context, path),
    createRow(context, path),
    row({
      method: 'GET',
      path: single,
      roles: readers,
      summary: 'One credential; a card or code is shown whole to those who manage people, a PIN to nobody',
      params: idParams,
      response: wholeView,
      handler: ({ params, caller }) => {
        const found = context.reads.get('credentials', params.id);
        if (found === undefined) return notFound('credential');
        const whole = caller !== undefined && operators.includes(caller.role);
        return ok(whole ? wholeOf(found) : maskedOf(found), found.revision);
      },
    }),
    row({
      method: 'PATCH',
      path: single,
      roles: operators,
      summary: 'Change the status of a credential (If-Match)',
      params: idParams,
      body: z.strictObject({ status }),
      response: view,
      handler: async (call) => {
        const before = context.reads.get('credentials', call.params.id);
        const refusal = precondition(call, before, 'credential');
        if (refusal !== undefined || before === undefined) return refusal ?? notFound('credential');
        const body = { ...before.body, status: call.body.status };
        const done = await write(context, call.by, [
          { op: 'put', collection: 'credentials', id: body.id, body, expect: before.revision },
        ]);
        if ('problem' in done) return done;
        const [made = before.revision + 1] = done.revisions;
        return ok(maskedOf({ body, revision: made }), made);
      },
    }),
    deleteRow(context, {
      collection: 'credentials',
      path: single,
      noun: 'credential',
      roles: operators,
      params: idParams,
    }),
  ];
}

function listRow(context: Context, path: string): Row {
  return row({
    method: 'GET',
    path,
    roles: readers,
    summary: 'Credentials, masked, a page at a time; of one user if told',
    query: pageQuery.extend({ user: id.optional() }).strict(),
    response: pageOf(view),
    handler: ({ query }) => {
      const page = context.reads.list('credentials', {
        limit: query.limit,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
        ...(query.user === undefined ? {} : { user: query.user }),
      });
      const items = page.items.map(maskedOf);
      return ok({ items, ...(page.next === undefined ? {} : { next: page.next }) });
    },
  });
}

function createRow(context: Context, path: string): Row {
  return row({
    method: 'POST',
    path,
    roles: operators,
    summary: 'Give a user a card (format, facility and number; or hex; or bits as sent), a PIN, or a code',
    body: create,
    response: view,
    status: 201,
    handler: async ({ body, by }) => {
      const key = body.id ?? newId(context);
      const secret = secretOf(context, body);
      if ('problem' in secret) return secret;
      const stored: StoredCredential = {
        id: key,
        user: body.user,
        kind: body.kind,
        status: body.status,
        ...secret,
      };
      const done = await write(context, by, [
        { op: 'put', collection: 'credentials', id: key, body: stored, expect: 'absent' },
      ]);
      if ('problem' in done) return renamed(done, body);
      const shown = maskedOf({ body: stored, revision: done.revisions[0] ?? 1 });
      return { status: 201, body: shown, revision: shown.revision, location: `${path}/${key}` };
    },
  });
}

type Secret = Pick<StoredCredential, 'secret' | 'bits' | 'format' | 'facility' | 'number'>;

function secretOf(context: Context, body: Create): Secret | Problem {
  if ('pin' in body) {
    const secret = pinSecret(context.reads.setting('pin-pepper'), body.pin);
    return secret === undefined ? fieldProblem('pin', 'this installation takes no PINs', 409) : { secret };
  }
  if ('code' in body) return { secret: body.code };
  if ('hex' in body) return { secret: hexSecret(body.hex) ?? body.hex };
  if ('bits' in body) {
    return context.cards.decode(body.bits) ?? fieldProblem('bits', 'no format has this length and parity');
  }
  if (!context.cards.formats.includes(body.format)) {
    return fieldProblem('format', `is one of ${context.cards.formats.join(', ')}`);
  }
  const bits = context.cards.encode(body.format, body.facility, body.number);
  const card = bits === undefined ? undefined : context.cards.decode(bits);
  if (card === undefined) return fieldProblem('number', `facility and number do not fit ${body.format}`);
  // What the operator named, even if another format of this length reads the same bits first.
  return { ...card, format: body.format, facility: body.facility, number: body.number };
}

/** Storage knows a `secret`; the client sent a number, hex digits, bits, a PIN or a code. */
function renamed(of: Problem, body: Create): Problem {
  const sent = (['number', 'hex', 'bits', 'pin', 'code'] as const).find((name) => name in body) ?? 'secret';
  const errors = of.problem.errors?.map((one) => (one.field === 'secret' ? { ...one, field: sent } : one));
  const [first] = errors ?? [];
  return first === undefined ? of : fieldProblem(first.field, first.message, of.problem.status);
}

function maskedOf({ body, revision: made }: Revised<StoredCredential>): z.output<typeof view> {
  return {
    id: body.id,
    user: body.user,
    kind: body.kind,
    status: body.status,
    label:
      body.kind === 'pin'
        ? 'PIN'
        : maskedLabel(body.kind === 'card' ? (body.number ?? body.secret) : body.secret),
    ...(body.format === undefined ? {} : { format: body.format }),
    ...(body.bits === undefined ? {} : { bits: body.bits }),
    revision: made,
  };
}

function wholeOf(found: Revised<StoredCredential>): z.output<typeof wholeView> {
  const { kind, secret, facility, number } = found.body;
  return {
    ...maskedOf(found),
    ...(kind === 'card' ? { hex: secret } : {}),
    ...(kind === 'code' ? { code: secret } : {}),
    ...(facility === undefined ? {} : { facility }),
    ...(number === undefined ? {} : { number }),
  };
}
