/**
 * The local HTTP API of Akuvox devices, `/api/<target>/<action>` and `POST /api`, so that clients made for them manage
 * users and read the log here. Off, and not there at all, until a source that serves `api` is enabled; its accounts
 * open nothing by OpenDoor and those of OpenDoor manage nothing here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredSource } from '../../core/management.js';
import type { Context } from '../context.js';
import { createRefusalRows, earlyReply, send } from '../openDoor.js';
import { type Accounts, createAccounts } from './accounts.js';
import { unmapped } from './addresses.js';
import { createActions, type FacadeActions } from './facadeActions.js';
import type { FacadeCall } from './facadeCall.js';
import * as replies from './replies.js';

export interface Facade {
  /** Answers a request of the dialect and returns true; false = not one, or off: nothing was done. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  load(sources: readonly StoredSource[]): void;
}

/** 1,000 records and room to spare. */
const bodyMaxBytes = 1024 * 1024;
const pathPattern = /^\/api(?:\/(?!v1\/)([a-z0-9_]{1,32})\/([a-z0-9_]{1,32}))?\/?$/;

interface Target {
  /** Undefined for the bare envelope. */
  readonly named?: { readonly target: string; readonly action: string };
  readonly query: URLSearchParams;
}

export function createFacade(context: Context): Facade {
  const { log, control } = context;
  const nowMs = () => context.now().monoMs;
  const accounts = createAccounts(nowMs, context.random);
  const actions = createActions(context);
  const tellRefused = createRefusalRows({ nowMs, log, control });
  const failed: replies.WireReply = retcode(-2, '', 'Error Param');
  return {
    load: (sources) => accounts.load(sources.filter(({ serves }) => serves === 'api')),
    handle(request, response) {
      const target = targetOf(request.url ?? '');
      if (target === undefined || !accounts.enabled()) return false;
      const address = unmapped(request.socket.remoteAddress ?? '');
      answer({ accounts, actions, tellRefused }, request, target, address).then(
        (reply) => send(response, reply),
        (error: unknown) => {
          log.error({ err: error }, 'the Akuvox API failed');
          send(response, failed);
        },
      );
      return true;
    },
  };
}

interface Desk {
  readonly accounts: Accounts;
  readonly actions: FacadeActions;
  readonly tellRefused: ReturnType<typeof createRefusalRows>;
}

async function answer(
  { accounts, actions, tellRefused }: Desk,
  request: IncomingMessage,
  { named, query }: Target,
  address: string,
): Promise<replies.WireReply> {
  const early = earlyReply(accounts, request, address, ['GET', 'POST']);
  if (early !== undefined) return early;
  const { method = 'GET', url = '' } = request;
  const login = accounts.login(address, request.headers.authorization, url, method);
  if (login.kind === 'refused' && accounts.failed(address)) tellRefused(address, 'blocked');
  if (login.kind === 'again' && login.replayed) tellRefused(address, 'replay');
  if (login.kind !== 'source') {
    // A Digest client may send its first POST whole: it is let through unread.
    request.resume();
    return replies.unauthorized(accounts.challenges(address, login.kind === 'again'));
  }
  const body = method === 'POST' ? await textOf(request) : '';
  const call = body === undefined ? undefined : callOf(named, query, body);
  if (call === undefined) return retcode(-2, named?.action ?? '', 'Error Param');
  const { source } = login;
  const by = { kind: 'source', source: source.id, address } as const;
  const result = await actions({ ...call, method, source, by });
  return retcode(result.retcode, call.action, result.message ?? 'OK', result.data);
}

/** A reply of the dialect: always 200, the outcome in `retcode`. */
function retcode(code: number, action: string, message: string, data?: object): replies.WireReply {
  const value = { retcode: code, action, message, data: data ?? {} };
  return replies.wireReply(200, 'application/json', JSON.stringify(value));
}

function targetOf(url: string): Target | undefined {
  const mark = url.indexOf('?');
  const [, target, action] = pathPattern.exec(mark < 0 ? url : url.slice(0, mark)) ?? [
    undefined,
    undefined,
    undefined,
  ];
  if (!pathPattern.test(mark < 0 ? url : url.slice(0, mark))) return undefined;
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1, mark + 4_096));
  return target === undefined || action === undefined ? { query } : { named: { target, action }, query };
}

/** Read as text whatever its type says; undefined = too long, or not UTF-8. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyMaxBytes) return undefined;
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}

/** The envelope's action wins over the path: clients send `add` to `/api/user/set`. Undefined = no such envelope. */
function callOf(named: Target['named'], query: URLSearchParams, body: string): FacadeCall | undefined {
  const envelope = body.trim() === '' ? {} : objectOf(body);
  if (envelope === undefined) return undefined;
  const { target = named?.target, action = named?.action, data = {} } = envelope;
  if (typeof target !== 'string' || typeof action !== 'string') return undefined;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  return {
    target: target.slice(0, 32),
    action: action.slice(0, 32),
    data: data as FacadeCall['data'],
    query,
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
