/** What a line of a file changes: operations against what is stored now, or the faults that only the stored data shows. */
import type { Collections, Revised, StoredCredential, StoredUser, WriteOp } from '../../core/management.js';
import type { AccessRight } from '../../core/model.js';
import { pinsAllowed, tooManyPins } from '../../core/pinNumbers.js';
import { relayRightsOf, scheduleRelayOf } from '../akuvox/scheduleRelay.js';
import { type Context, newId, pinSecret } from '../context.js';
import { cardOf, type Secret } from '../credentialSecret.js';
import { withPasswords } from '../outgoingUrls.js';
import type { CellFault, UserLine } from './userRow.js';

export interface Plan {
  readonly action: 'create' | 'change' | 'same';
  readonly ops: readonly WriteOp[];
  readonly faults: readonly CellFault[];
}

/** Plans lines of one file in their order; remembers what earlier ones took. */
export function createPlanner(context: Context): (line: UserLine, number: number) => Plan {
  const { reads } = context;
  /** Who in this file has which card, PIN or code, and which user stands where. */
  const taken = new Map<string, number>();
  const madeRights = new Set<string>();
  const pins = pinBudget(context);
  return (line, number) => {
    const before = reads.get('users', line.id);
    const owned =
      before === undefined ? [] : reads.list('credentials', { user: line.id, limit: 1_000 }).items;
    const faults: CellFault[] = [];
    const claim = (key: string, column: string, what: string): void => {
      const other = taken.get(key);
      if (other === undefined) taken.set(key, number);
      else faults.push({ column, message: `is the same ${what} as on line ${other}` });
    };
    claim(`user ${line.id}`, 'id', 'user');
    const rights = rightsOf(context, line, before?.body, faults);
    const user = userOf(
      context,
      line,
      before?.body,
      rights?.map(({ id }) => id),
      faults,
    );
    const wanted = credentialsOf(context, line, owned, faults);
    for (const one of wanted.drops) pins.freed(one);
    for (const { stored, column, before: known } of wanted.puts) {
      claim(`${stored.kind} ${stored.secret}`, column, stored.kind === 'pin' ? 'PIN' : stored.kind);
      const tooMany = known === undefined ? pins.given(stored) : undefined;
      if (tooMany !== undefined) faults.push({ column, message: tooMany });
      const owner = reads.findUser({ by: 'secret', candidates: [stored] });
      if (owner !== undefined && owner.id !== line.id) {
        const whose = stored.kind === 'pin' ? 'cannot be used, choose another' : `belongs to ${owner.id}`;
        faults.push({ column, message: whose });
      }
    }
    const ops = [
      ...(rights ?? []).flatMap((right) => rightOps(context, right, madeRights)),
      ...wanted.drops.map(({ id }): WriteOp => ({ op: 'delete', collection: 'credentials', id })),
      ...userOps(user, before),
      ...wanted.puts.map(({ stored, before: known }) => credentialOp(stored, known)),
    ];
    const action = before === undefined ? 'create' : ops.length === 0 ? 'same' : 'change';
    return { action, ops, faults };
  };
}

/** PINs that serve alone are few of those there could be: how many more may be given out, line after line. */
function pinBudget({ reads }: Context) {
  const left = new Map<number, number>();
  const of = (digits: number): number => left.get(digits) ?? pinsAllowed(digits) - reads.countPins(digits);
  const alone = ({ kind, bits, withCard }: StoredCredential): number | undefined =>
    kind === 'pin' && withCard !== true ? bits : undefined;
  return {
    freed: (one: StoredCredential): void => {
      const digits = alone(one);
      if (digits !== undefined) left.set(digits, of(digits) + 1);
    },
    /** What is wrong with giving out one more; undefined = it is given. */
    given: (one: StoredCredential): string | undefined => {
      const digits = alone(one);
      if (digits === undefined) return undefined;
      if (of(digits) < 1) return tooManyPins(digits);
      left.set(digits, of(digits) - 1);
      return undefined;
    },
  };
}

function rightsOf(
  context: Context,
  { scheduleRelay }: UserLine,
  before: StoredUser | undefined,
  faults: CellFault[],
): readonly AccessRight[] | undefined {
  if (scheduleRelay === undefined) return undefined;
  const find = (id: string) => context.reads.get('access-rights', id)?.body;
  // Written as it stands now: rights that have no words in this dialect stay.
  if (
    before !== undefined &&
    scheduleRelayOf(before.accessRights, find, context.site.doors) === scheduleRelay
  ) {
    return undefined;
  }
  const hasSchedule = (id: string) => context.reads.get('schedules', id) !== undefined;
  const rights = relayRightsOf(scheduleRelay, context.site.doors, hasSchedule);
  if (rights === undefined) {
    faults.push({ column: 'Schedule-Relay', message: 'is schedules and relays that exist, such as 1001-1;' });
  }
  return rights;
}

function userOf(
  context: Context,
  line: UserLine,
  before: StoredUser | undefined,
  rights: readonly string[] | undefined,
  faults: CellFault[],
): StoredUser {
  const fresh = {
    enabled: true,
    groups: [],
    accessRights: [],
    extendedUnlock: false,
    supervisor: false,
    note: '',
  };
  const user = { ...fresh, urls: [], ...before, ...line.fields, id: line.id };
  const kept = Object.fromEntries(
    Object.entries(user).filter(([key]) => !line.clears.includes(key as 'validFromMs')),
  );
  const merged = {
    ...(kept as unknown as StoredUser),
    ...(rights === undefined ? {} : { accessRights: rights }),
  };
  for (const [column, collection, ids] of [
    ['groups', 'groups', line.fields.groups ?? []],
    ['accessRights', 'access-rights', line.fields.accessRights ?? []],
  ] as const) {
    const missing = ids.find((id) => context.reads.get(collection, id) === undefined);
    if (missing !== undefined) faults.push({ column, message: `${missing} does not exist` });
  }
  const urls = withPasswords(merged.urls, before?.urls ?? []);
  if (!('problem' in urls)) return { ...merged, urls };
  faults.push({ column: 'urls', message: 'hide a password that is not known: write it again' });
  return merged;
}

interface Wanted {
  readonly puts: readonly {
    readonly stored: StoredCredential;
    readonly column: string;
    readonly before?: Revised<StoredCredential>;
  }[];
  readonly drops: readonly StoredCredential[];
}

/** Cards and codes that the line does not name go, those it names come; a PIN as its cell says. */
function credentialsOf(
  context: Context,
  line: UserLine,
  owned: readonly Revised<StoredCredential>[],
  faults: CellFault[],
): Wanted {
  const puts: Wanted['puts'][number][] = [];
  const kept = new Set<string>();
  const want = (
    kind: StoredCredential['kind'],
    column: string,
    secret: Secret,
    status: StoredCredential['status'],
  ) => {
    const same = owned.find(({ body }) => body.kind === kind && isSame(body, secret));
    if (same === undefined) {
      puts.push({ stored: { id: newId(context), user: line.id, kind, status, ...secret }, column });
      return;
    }
    kept.add(same.body.id);
    if (same.body.status !== status) puts.push({ stored: { ...same.body, status }, column, before: same });
  };
  for (const { status, ...card } of line.cards ?? []) {
    const secret = cardOf(context, { kind: 'card', ...card });
    if ('problem' in secret) faults.push({ column: 'cards', message: secret.problem.detail });
    else want('card', 'cards', secret, status);
  }
  for (const code of line.codes ?? []) want('code', 'codes', { secret: code }, statusOf(owned, code));
  const { pin } = line;
  if (pin !== undefined && pin !== 'keep' && pin !== 'none') {
    const secret = pinSecret(context.reads.setting('pin-pepper'), pin);
    if (secret === undefined)
      faults.push({ column: 'pin', message: 'cannot be stored on this installation' });
    else want('pin', 'pin', { secret, bits: pin.length }, 'active');
  }
  const drops = owned.map(({ body }) => body).filter((one) => !kept.has(one.id) && named(line, one));
  return { puts, drops };
}

/** The same key, or the same words for it: an issue level is part of the key and has no cell. */
function isSame(body: StoredCredential, { secret, bits, format, facility, number }: Secret): boolean {
  if (body.secret === secret) return (bits ?? body.bits) === body.bits;
  return (
    number !== undefined && body.number === number && body.format === format && body.facility === facility
  );
}

/** Does the line say anything about such a credential? */
function named({ cards, activeCards, pin, codes }: UserLine, { kind, status }: StoredCredential): boolean {
  if (kind === 'card') return cards !== undefined && (activeCards !== true || status === 'active');
  return kind === 'code' ? codes !== undefined : pin !== undefined && pin !== 'keep';
}

/** A code's status has no cell: it stays. */
function statusOf(owned: readonly Revised<StoredCredential>[], code: string): StoredCredential['status'] {
  return owned.find(({ body }) => body.kind === 'code' && body.secret === code)?.body.status ?? 'active';
}

function userOps(user: StoredUser, before: Revised<StoredUser> | undefined): readonly WriteOp[] {
  if (before !== undefined && sameFields(user, before.body)) return [];
  return [{ op: 'put', collection: 'users', id: user.id, body: user, expect: before?.revision ?? 'absent' }];
}

function sameFields(a: Collections['users'], b: Collections['users']): boolean {
  const text = (user: object) => JSON.stringify(Object.entries(user).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

function credentialOp(body: StoredCredential, before: Revised<StoredCredential> | undefined): WriteOp {
  return { op: 'put', collection: 'credentials', id: body.id, body, expect: before?.revision ?? 'absent' };
}

/** Made once in a file, and only where it is not there yet. */
function rightOps({ reads }: Context, right: AccessRight, made: Set<string>): readonly WriteOp[] {
  if (made.has(right.id) || reads.get('access-rights', right.id) !== undefined) return [];
  made.add(right.id);
  return [{ op: 'put', collection: 'access-rights', id: right.id, body: right }];
}
