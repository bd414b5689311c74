/**
 * The rows every stored collection has in common: list, create, read, replace, change, delete, each single
 * thing under its revision (ETag, If-Match; RFC 9110 section 13, RFC 6585 section 3).
 */
import { z } from 'zod';
import type { Collection, Collections, Revised, Role, WriteOp } from '../core/management.js';
import { type Context, newId, write } from './context.js';
import { fieldProblem, notFound, type Problem, problem } from './problem.js';
import { type Call, noContent, ok, type Reply, type Row, row } from './route.js';
import { id, idParams, pageOf, pageQuery, revision } from './schemas.js';

/** What makes one collection's rows. */
export interface CollectionParts<C extends Collection, F extends z.ZodObject> {
  readonly collection: C;
  readonly path: string;
  /** One of them, for texts: `user`, `access right`. */
  readonly noun: string;
  readonly read: readonly [Role, ...Role[]];
  readonly change: readonly [Role, ...Role[]];
  /** The fields a client writes, without the id. */
  readonly fields: F;
  /** One id instead of the usual text key (zones are numbered, holidays are dates). */
  readonly key?: z.ZodType<string>;
  readonly keyBody?: z.ZodType;
  /** A new key when the client gives none. */
  readonly makeKey?: (context: Context) => string;
  /** The client must give the key (an operator's is his login name). */
  readonly requiredKey?: true;
  /** The stored body, or the problem with it; `before` is what it replaces. */
  readonly toBody: (
    key: string,
    fields: z.output<F>,
    before: Collections[C] | undefined,
  ) => Collections[C] | Problem | Promise<Collections[C] | Problem>;
  /** What a client sees, and its schema. */
  readonly toView: (body: Collections[C]) => object;
  readonly view: z.ZodObject;
  /** The written fields of a stored body, for PATCH. */
  readonly toFields: (body: Collections[C]) => Readonly<Record<string, unknown>>;
}

type One = { readonly id: string };

/** The rows of one collection. */
export function collectionRows<C extends Collection, F extends z.ZodObject>(
  context: Context,
  parts: CollectionParts<C, F>,
): readonly Row[] {
  const { collection, noun } = parts;
  const work: Work<C, F> = {
    context,
    parts,
    single: `${parts.path}/{id}`,
    params: parts.key === undefined ? idParams : z.strictObject({ id: parts.key }),
    view: parts.view.extend({ revision }).strict(),
    find: (key) => context.reads.get(collection, key),
  };
  const { single, params } = work;
  return [
    listRow(work),
    createRow(work),
    oneRow(work),
    putRow(work),
    patchRow(work),
    deleteRow(context, { collection, path: single, noun, roles: parts.change, params }),
  ];
}

/** What the rows of one collection share. */
interface Work<C extends Collection, F extends z.ZodObject> {
  readonly context: Context;
  readonly parts: CollectionParts<C, F>;
  /** The path of one of them. */
  readonly single: string;
  readonly params: z.ZodType;
  readonly view: z.ZodObject;
  readonly find: (key: string) => Revised<Collections[C]> | undefined;
}

type AnyCall = Call<unknown, unknown, unknown>;

function listRow<C extends Collection, F extends z.ZodObject>({ context, parts, view }: Work<C, F>): Row {
  return row({
    method: 'GET',
    path: parts.path,
    roles: parts.read,
    summary: `The ${parts.noun} list, a page at a time`,
    query: pageQuery.extend({ text: z.string().min(1).max(64).optional() }).strict(),
    response: pageOf(view),
    handler: ({ query }) => {
      const page = context.reads.list(parts.collection, {
        limit: query.limit,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
        ...(query.text === undefined ? {} : { text: query.text }),
      });
      const items = page.items.map((found) => show(parts, found));
      return ok({ items, ...(page.next === undefined ? {} : { next: page.next }) });
    },
  });
}

function createRow<C extends Collection, F extends z.ZodObject>(work: Work<C, F>): Row {
  const { context, parts, view, find } = work;
  const keyBody = parts.keyBody ?? id;
  return row({
    method: 'POST',
    path: parts.path,
    roles: parts.change,
    summary: `Create a ${parts.noun}`,
    body: parts.fields.extend({ id: parts.requiredKey ? keyBody : keyBody.optional() }).strict(),
    response: view,
    status: 201,
    handler: async (call) => {
      const { id: asked, ...sent } = call.body as { readonly id?: string | number };
      const key = asked === undefined ? (parts.makeKey ?? newId)(context) : String(asked);
      if (find(key) !== undefined) return existsAlready(parts.noun);
      return store(work, call, key, sent as z.output<F>, undefined);
    },
  });
}

function oneRow<C extends Collection, F extends z.ZodObject>(work: Work<C, F>): Row {
  const { parts, single, params, view, find } = work;
  return row({
    method: 'GET',
    path: single,
    roles: parts.read,
    summary: `One ${parts.noun}`,
    params,
    response: view,
    handler: (call) => {
      const found = find(keyOf(call));
      return found === undefined ? notFound(parts.noun) : ok(show(parts, found), found.revision);
    },
  });
}

function putRow<C extends Collection, F extends z.ZodObject>(work: Work<C, F>): Row {
  const { parts, single, params, view, find } = work;
  return row({
    method: 'PUT',
    path: single,
    roles: parts.change,
    ifMatch: true,
    summary: `Replace a ${parts.noun} (If-Match), or create it (If-None-Match: *)`,
    params,
    body: parts.fields.strict(),
    response: view,
    handler: async (call) => {
      const key = keyOf(call);
      const before = find(key);
      const sent = call.body as z.output<F>;
      if (call.ifNoneMatch === '*') {
        return before === undefined ? store(work, call, key, sent, undefined) : existsAlready(parts.noun);
      }
      const refusal = precondition(call, before, parts.noun);
      return refusal ?? store(work, call, key, sent, before);
    },
  });
}

function patchRow<C extends Collection, F extends z.ZodObject>(work: Work<C, F>): Row {
  const { parts, single, params, view, find } = work;
  const { noun, fields } = parts;
  return row({
    method: 'PATCH',
    path: single,
    roles: parts.change,
    ifMatch: true,
    summary: `Change fields of a ${noun}; null takes an optional field away (RFC 7396)`,
    params,
    body: patchOf(fields),
    response: view,
    handler: async (call) => {
      const before = find(keyOf(call));
      const refusal = precondition(call, before, noun);
      if (refusal !== undefined || before === undefined) return refusal ?? notFound(noun);
      const merged = fields.strict().safeParse(merge(parts.toFields(before.body), call.body));
      if (!merged.success) {
        const [issue] = merged.error.issues;
        return fieldProblem(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'does not fit');
      }
      return store(work, call, keyOf(call), merged.data as z.output<F>, before);
    },
  });
}

/** Writes one of them, made new (`before` undefined) or changed, and answers with it. */
async function store<C extends Collection, F extends z.ZodObject>(
  { context, parts }: Work<C, F>,
  call: AnyCall,
  key: string,
  sent: z.output<F>,
  before: Revised<Collections[C]> | undefined,
): Promise<Reply | Problem> {
  const { collection, path } = parts;
  const body = await parts.toBody(key, sent, before?.body);
  if ('problem' in body) return body;
  const op = { op: 'put', collection, id: key, body, expect: before?.revision ?? 'absent' } as WriteOp;
  const done = await write(context, call.by, [op]);
  if ('problem' in done) return done;
  const [made = 1] = done.revisions;
  const shown = show(parts, { body, revision: made });
  if (before !== undefined) return ok(shown, made);
  return { status: 201, body: shown, revision: made, location: `${path}/${encodeURIComponent(key)}` };
}

function show<C extends Collection, F extends z.ZodObject>(
  parts: CollectionParts<C, F>,
  found: Revised<Collections[C]>,
): object {
  return { ...parts.toView(found.body), revision: found.revision };
}

/** DELETE of one thing of a collection under its revision. */
export function deleteRow(
  context: Context,
  of: {
    readonly collection: Collection;
    readonly path: string;
    readonly noun: string;
    readonly roles: readonly [Role, ...Role[]];
    readonly params: z.ZodType;
  },
): Row {
  return row({
    method: 'DELETE',
    path: of.path,
    roles: of.roles,
    ifMatch: true,
    summary: `Delete a ${of.noun}`,
    params: of.params,
    handler: async (call) => {
      const key = keyOf(call);
      const before = context.reads.get(of.collection, key);
      const refusal = precondition(call, before, of.noun);
      if (refusal !== undefined || before === undefined) return refusal ?? notFound(of.noun);
      const done = await write(context, call.by, [
        { op: 'delete', collection: of.collection, id: key, expect: before.revision },
      ]);
      return 'problem' in done ? done : noContent;
    },
  });
}

/** Is there something, and is it what the client last saw? Undefined = go on. */
export function precondition(
  call: { readonly ifMatch: string | undefined },
  before: { readonly revision: number } | undefined,
  noun: string,
): Problem | undefined {
  if (before === undefined) return notFound(noun);
  if (call.ifMatch === undefined) {
    return problem(428, 'Send If-Match with the ETag you read, so that nobody overwrites a change unseen.');
  }
  const matches = call.ifMatch.split(',').map((tag) => tag.trim());
  if (matches.includes('*') || matches.includes(`"${before.revision}"`)) return undefined;
  return problem(412, `It was changed meanwhile: revision ${before.revision}. Read it again and repeat.`);
}

/** JSON merge patch (RFC 7396): objects are merged, null takes away, everything else replaces. */
export function merge(
  fields: Readonly<Record<string, unknown>>,
  patch: unknown,
): Readonly<Record<string, unknown>> {
  const merged = new Map(Object.entries(fields));
  for (const [name, value] of Object.entries(patch as object)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isPlain(value) ? merge(isPlain(fields[name]) ? fields[name] : {}, value) : value);
  }
  return Object.fromEntries(merged);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every field may be left out, or be null; of a record every entry. */
export function patchOf(fields: z.ZodObject): z.ZodObject {
  const optional = Object.entries(fields.shape).map(([name, field]) => [
    name,
    z.union([patchedField(unwrapDefault(field)), z.null()]).optional(),
  ]);
  return z.strictObject(Object.fromEntries(optional));
}

function patchedField(field: z.core.$ZodType): z.core.$ZodType {
  if (!(field instanceof z.ZodRecord)) return field;
  return z.record(field.keyType as z.ZodString, z.union([field.valueType, z.null()]));
}

/** A default belongs to creation: in a patch it would overwrite what is stored. */
function unwrapDefault(field: z.core.$ZodType): z.core.$ZodType {
  return field instanceof z.ZodDefault ? field.unwrap() : field;
}

function existsAlready(noun: string): Problem {
  return fieldProblem('id', `there is a ${noun} with this id already`, 409);
}

function keyOf(call: { readonly params: unknown }): string {
  return (call.params as One).id;
}
