/**
 * HTTP OpenDoor as Akuvox devices send it, `/fcgi/OpenDoor` (forms N and A) and `/fcgi/do` (form L). Stands
 * ahead of Express: what a door waits for passes no middleware. Order of the checks: feature, address,
 * browser, method, account, parameters.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredSource } from '../core/management.js';
import type { ControlReply, ControlRequest } from '../core/requests.js';
import { type Accounts, createAccounts } from './akuvox/accounts.js';
import { unmapped } from './akuvox/addresses.js';
import { type DoorMap, outcomeOf, planOf } from './akuvox/command.js';
import { type OpenDoorQuery, parseOpenDoorQuery } from './akuvox/query.js';
import { createRepeats, type Repeats } from './akuvox/repeats.js';
import * as replies from './akuvox/replies.js';
import type { Log } from './log.js';
import { createRowBound } from './rowBound.js';

/** What the handler needs from its surroundings. */
export interface OpenDoorParts {
  readonly control: (request: ControlRequest) => Promise<ControlReply>;
  readonly map: DoorMap;
  /** A PIN's look-up key; undefined where the installation has no pepper. */
  readonly pin: (digits: string) => string | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly random: (bytes: number) => Buffer;
  readonly log: Log;
}

export interface OpenDoor {
  /** Answers an OpenDoor request and returns true; false = not one, nothing was done. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  load(sources: readonly StoredSource[]): void;
}

interface Target {
  readonly form: 'new' | 'legacy';
  readonly query: string;
}

const forms = new Map<string, Target['form']>([
  ['/fcgi/OpenDoor', 'new'],
  ['/fcgi/OpenDoor/', 'new'],
  ['/fcgi/do', 'legacy'],
  ['/fcgi/do/', 'legacy'],
]);
const pageHeaders = ['origin', 'referer', 'sec-fetch-site'] as const;

/** What answering a request works with. */
interface Desk {
  readonly parts: OpenDoorParts;
  readonly accounts: Accounts;
  readonly repeats: Repeats;
  readonly tellRefused: (address: string, cause: 'blocked' | 'replay') => void;
}

/** The handler, off until `load` brings an enabled source. */
export function createOpenDoor(parts: OpenDoorParts): OpenDoor {
  const accounts = createAccounts(parts.nowMs, parts.random);
  const desk: Desk = { parts, accounts, repeats: createRepeats(), tellRefused: createRefusalRows(parts) };
  return {
    load: (sources) => accounts.load(sources.filter(({ serves = 'open-door' }) => serves === 'open-door')),
    handle(request, response) {
      const target = targetOf(request.url ?? '');
      if (target === undefined) return false;
      const address = unmapped(request.socket.remoteAddress ?? '');
      const early = earlyReply(accounts, request, address);
      if (early !== undefined) {
        send(response, early);
        return true;
      }
      const reply =
        target.form === 'new'
          ? answerNew(desk, request, target.query, address)
          : answerLegacy(desk, target.query, address);
      reply.then(
        (one) => send(response, one),
        (error: unknown) => {
          parts.log.error({ err: error }, 'OpenDoor failed');
          send(response, replies.jsonReply({ kind: 'refused', reason: 'not-ready' }));
        },
      );
      return true;
    },
  };
}

/** Forms N and A: the account in the Authorization header. */
async function answerNew(
  desk: Desk,
  request: IncomingMessage,
  query: string,
  address: string,
): Promise<replies.WireReply> {
  const { accounts } = desk;
  const login = accounts.login(address, request.headers.authorization, request.url ?? '');
  if (login.kind === 'refused') fail(desk, address);
  if (login.kind === 'again' && login.replayed) desk.tellRefused(address, 'replay');
  if (login.kind !== 'source')
    return replies.unauthorized(accounts.challenges(address, login.kind === 'again'));
  return replies.jsonReply(await command(desk, parseOpenDoorQuery(query), login.source, address));
}

/** Form L: the account in the query, where a source allows that. */
async function answerLegacy(desk: Desk, query: string, address: string): Promise<replies.WireReply> {
  const { accounts } = desk;
  if (!accounts.at(address).some((source) => source.legacyForm)) return replies.legacyOff;
  const parsed = parseOpenDoorQuery(query);
  const [name, password] = [parsed?.get('UserName') ?? '', parsed?.get('Password') ?? ''];
  const login = accounts.loginInClear(address, name, password);
  if (login.kind === 'source') return replies.legacyReply(await command(desk, parsed, login.source, address));
  fail(desk, address);
  return replies.legacyWrongLogin;
}

/** What the door is asked, once for all repeats of one swipe. */
async function command(
  { parts, repeats }: Desk,
  query: OpenDoorQuery | undefined,
  source: StoredSource,
  address: string,
): Promise<replies.Outcome> {
  const plan = planOf(query, source, address, parts.map, parts.pin);
  if (plan.kind === 'outcome') return plan.outcome;
  return repeats(plan.repeatKey, parts.nowMs(), source.repeatMs, async () => {
    try {
      return outcomeOf(await parts.control(plan.request));
    } catch (error) {
      parts.log.error({ err: error }, 'OpenDoor: the control thread did not answer');
      return { kind: 'refused', reason: 'not-ready' };
    }
  });
}

function fail({ accounts, tellRefused }: Desk, address: string): void {
  if (accounts.failed(address)) tellRefused(address, 'blocked');
}

/** A row and a line that a source was refused; bounded, for an outsider causes them. */
export function createRefusalRows(
  parts: Pick<OpenDoorParts, 'nowMs' | 'log' | 'control'>,
): (address: string, cause: 'blocked' | 'replay') => void {
  const refusalRows = createRowBound(10, 60_000);
  return (address, cause) => {
    const heldBack = refusalRows(`${address} ${cause}`, parts.nowMs());
    if (heldBack === undefined) return;
    const detail = { address, cause, ...(heldBack === 0 ? {} : { heldBack }) };
    parts.log.warn(detail, 'source refused');
    parts
      .control({ kind: 'write', write: { by: { kind: 'system' }, ops: [], event: 'source-refused', detail } })
      .catch((error: unknown) => parts.log.error({ err: error }, 'row of a refused source not written'));
  };
}

/** What is refused before any account is looked at. */
export function earlyReply(
  accounts: Accounts,
  request: IncomingMessage,
  address: string,
  methods: readonly string[] = ['GET'],
): replies.WireReply | undefined {
  if (!accounts.enabled()) return replies.featureOff;
  if (accounts.at(address).length === 0) return replies.forbidden;
  // An image tag or a script of any web page must not open a door with a browser's stored login.
  if (pageHeaders.some((name) => request.headers[name] !== undefined)) return replies.forbidden;
  if (!methods.includes(request.method ?? '')) return replies.notAllowed;
  if (accounts.blocked(address)) return replies.blocked;
  return undefined;
}

/** The form and raw query of a request target in origin or absolute form; undefined = another path. */
function targetOf(url: string): Target | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const form = forms.get(path) ?? forms.get(path.replace(/^https?:\/\/[^/]*/i, ''));
  return form === undefined ? undefined : { form, query: mark < 0 ? '' : url.slice(mark + 1) };
}

/** Sends a reply whole. */
export function send(response: ServerResponse, reply: replies.WireReply): void {
  response.writeHead(reply.status, reply.headers as string[]);
  response.end(reply.body);
}
