/**
 * A row of the route table: what the router enforces, the document describes and the tests walk. A row
 * without `roles` does not compile; a path without a row does not exist.
 */
import type { Response } from 'express';
import type { z } from 'zod';
import type { Role } from '../core/management.js';
import type { Actor, OperatorId } from '../core/model.js';
import type { Problem } from './problem.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The operator behind a request: the role of the token, or the present one of the operator where that is lower. */
export interface Caller {
  readonly operator: OperatorId;
  readonly role: Role;
  readonly tokenId: string;
  readonly tokenHash: string;
  readonly expiresMs: number;
  /** What of the role this token may use; absent = all. */
  readonly scopes?: readonly string[];
  /** Set when the token came in a browser's cookie: what a change must send as `X-CSRF-Token`. */
  readonly csrf?: string;
}

/** What stands for a token where the socket's permissions are the login; no token has this hash. */
export const localTokenHash = '';

/** One checked request. `caller` is undefined on public rows only. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller | undefined;
  readonly by: Actor;
  readonly address: string;
  /** Where a browser may keep a session cookie: TLS, or this machine itself. */
  readonly secure: boolean;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly lastEventId: string | undefined;
}

/** A reply: JSON, or nothing with 204. `revision` becomes the ETag. */
export interface Reply {
  readonly status: 200 | 201 | 202 | 204;
  readonly body?: unknown;
  readonly revision?: number;
  readonly location?: string;
  readonly setCookie?: string;
  /** Of the file it answers, hex: what else comes under the same Idempotency-Key is told from it. */
  readonly fileSha256?: string;
  /** The body is this kind of text, not JSON. */
  readonly contentType?: string;
  /** Of a page; absent = it may load nothing. */
  readonly contentPolicy?: string;
}

/** The scope a token needs for a row, for instance `users:write`; undefined = none (about the caller himself). */
export function scopeOf({ path, method }: Pick<Row, 'path' | 'method'>): string | undefined {
  const resource = /^\/api\/v1\/([^/]+)/.exec(path)?.[1] ?? 'page';
  if (['me', 'session', 'login', 'logout', 'claim', 'openapi.json', 'docs', 'welcome'].includes(resource))
    return undefined;
  return `${resource}:${method === 'GET' ? 'read' : 'write'}`;
}

/** Who may call: named roles, or everybody. */
export type Roles = readonly [Role, ...Role[]] | 'public';

interface RowBase<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method;
  /** OpenAPI spelling, for instance `/api/v1/users/{id}`. */
  readonly path: string;
  readonly roles: Roles;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Takes the body as it comes, not as JSON: its media type, and what it is. */
  readonly accepts?: { readonly type: 'text/csv' | 'application/octet-stream'; readonly what: string };
  /** Changes what is stored: `If-Match` names the revision that was read. */
  readonly ifMatch?: true;
  /** The body may have megabytes: lists of zones or users. */
  readonly large?: true;
  /** Absent: 204, no content. */
  readonly response?: z.ZodType;
  readonly status?: 200 | 201;
  /** What 202 says: it was begun, and goes on. */
  readonly accepted?: z.ZodType;
}

type CallOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Call<
  z.output<P>,
  z.output<Q>,
  z.output<B>
>;

interface Acting<C> {
  readonly handler: (call: C) => Promise<Reply | Problem> | Reply | Problem;
}

interface Streaming<C> {
  /** Takes the response over and returns nothing, or says what to send: why not, or what came of a body it read. */
  readonly stream: (
    call: C,
    response: Response,
  ) => Problem | undefined | Promise<Reply | Problem | undefined>;
}

/** A row as the router sees it. */
export type Row = RowBase<z.ZodType, z.ZodType, z.ZodType> & {
  readonly run: (
    call: Call<unknown, unknown, unknown>,
    response: Response,
  ) => Promise<Reply | Problem | undefined>;
};

/** A row of the table, its handler typed by its schemas. */
export function row<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(of: RowBase<P, Q, B> & (Acting<CallOf<P, Q, B>> | Streaming<CallOf<P, Q, B>>)): Row {
  return {
    ...of,
    run: async (call, response) => {
      // The router has parsed each part with the schema the handler's types come from.
      const typed = call as CallOf<P, Q, B>;
      return 'stream' in of ? of.stream(typed, response) : of.handler(typed);
    },
  };
}

/** The answer 204. */
export const noContent: Reply = { status: 204 };

/** The answer 200 with this body and, if given, its revision as ETag. */
export function ok(body: unknown, revision?: number): Reply {
  return { status: 200, body, ...(revision === undefined ? {} : { revision }) };
}
