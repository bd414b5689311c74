/**
 * Users as the dialect has them: one PIN, cards in hex with `;` between, access as schedules and relays. What it has
 * no words for stays as it is. A record sent back whole keeps the PIN whose mask it carries.
 */
import type { StoredUser, WriteOp } from '../../core/management.js';
import { type Context, newId, write } from '../context.js';
import { akuvoxDialect, cardCodes } from '../csv/akuvoxDialect.js';
import { createPlanner } from '../csv/plan.js';
import { type Asked, badParameter, fault, type Item, itemsOf, type Outcome, text } from './facadeCall.js';
import { pageOf } from './facadeLog.js';
import { hexSecret } from './normalise.js';
import { scheduleRelayOf } from './scheduleRelay.js';

const pageUsers = 10;
/** In one answer without pages. */
const allUsersMax = 10_000;
/** Read in one go; between two of them the thread does other things. */
const usersAtOnce = 100;
const opsAtOnce = 24;

type Handler = (asked: Asked) => Promise<Outcome> | Outcome;

export function createUserActions(context: Context): {
  readonly get: Handler;
  readonly add: Handler;
  readonly set: Handler;
  readonly del: Handler;
  readonly clear: Handler;
} {
  /** Where each page began when it was last walked to: clients walk page by page. */
  const begins = new Map<number, string>();
  return {
    get: (asked) => list(context, begins, asked),
    add: (asked) => store(context, asked, 'add'),
    set: (asked) => store(context, asked, 'set'),
    del: (asked) => remove(context, asked),
    clear: (asked) => clear(context, asked),
  };
}

async function list(context: Context, begins: Map<number, string>, { query }: Asked): Promise<Outcome> {
  const { reads } = context;
  const wanted = (query.get('NameOrCode') ?? query.get('NameOrPerID') ?? '').slice(0, 64);
  const all = !query.has('page') || query.get('page') === '-1';
  const page = all ? 1 : pageOf(query);
  if (wanted !== '') {
    const users = await found(context, wanted);
    if (users === undefined) return tooMany(`more than ${allUsersMax} fit`);
    const shown = all ? users : users.slice((page - 1) * pageUsers, page * pageUsers);
    return listed(users.length, page, await itemsOfUsers(context, shown));
  }
  if (all) return everybody(context);
  const after = beginOf(context, begins, page);
  if (after === 'end') return listed(reads.count('users'), page, []);
  const bound = after === undefined ? {} : { after };
  const { items } = reads.list('users', { limit: pageUsers, ...bound });
  return listed(
    reads.count('users'),
    page,
    items.map(({ body }) => itemOf(context, body)),
  );
}

function listed(num: number, curPageNum: number, item: readonly object[]): Outcome {
  return { retcode: 0, data: { num, curPageNum, item } };
}

/** Whoever asks without a page wants all of them: the rest cut off in silence would be taken for deleted. */
async function everybody(context: Context): Promise<Outcome> {
  const count = context.reads.count('users');
  const users = count > allUsersMax ? undefined : await walked(context, {});
  if (users === undefined)
    return tooMany(`there are ${count} users, more than ${allUsersMax}: ask page by page`);
  return listed(users.length, 1, await itemsOfUsers(context, users));
}

async function itemsOfUsers(context: Context, users: readonly StoredUser[]): Promise<readonly object[]> {
  const items: object[] = [];
  for (let at = 0; at < users.length; at += usersAtOnce) {
    items.push(...users.slice(at, at + usersAtOnce).map((user) => itemOf(context, user)));
    await new Promise(setImmediate);
  }
  return items;
}

function tooMany(what: string): Outcome {
  return fault('page', what);
}

/** Users in the order of their list, a few at a time; undefined = more than one answer holds. */
async function walked(
  { reads }: Context,
  of: { readonly text?: string },
): Promise<readonly StoredUser[] | undefined> {
  const users: StoredUser[] = [];
  for (let after: string | undefined; ; ) {
    const bound = after === undefined ? {} : { after };
    const page = reads.list('users', { ...of, limit: usersAtOnce, ...bound });
    users.push(...page.items.map(({ body }) => body));
    if (users.length > allUsersMax) return undefined;
    if (page.next === undefined) return users;
    after = page.next;
    await new Promise(setImmediate);
  }
}

/** The id after which a page begins; found by walking, from the nearest page that is known. */
function beginOf({ reads }: Context, begins: Map<number, string>, page: number): string | undefined | 'end' {
  if (page === 1) {
    begins.clear();
    return undefined;
  }
  if ((page - 1) * pageUsers >= reads.count('users')) return 'end';
  let at = page;
  while (at > 1 && !begins.has(at)) at -= 1;
  let after = begins.get(at);
  for (; at < page; at += 1) {
    const walked = reads.list('users', { limit: pageUsers, ...(after === undefined ? {} : { after }) });
    after = walked.items.at(-1)?.body.id ?? after;
    if (after !== undefined) begins.set(at + 1, after);
  }
  return after;
}

/** By the beginning of a name, by id, or by a card; undefined = too many. */
async function found(context: Context, wanted: string): Promise<readonly StoredUser[] | undefined> {
  const { reads } = context;
  const byId = reads.get('users', wanted)?.body;
  const secret = hexSecret(wanted);
  const owner =
    secret === undefined
      ? undefined
      : reads.findUser({ by: 'secret', candidates: [{ kind: 'card', secret }] });
  const byCard = owner === undefined ? undefined : reads.get('users', owner.id)?.body;
  const byName = await walked(context, { text: wanted });
  if (byName === undefined) return undefined;
  const users = [byId, byCard, ...byName].filter((user) => user !== undefined);
  return [...new Map(users.map((user) => [user.id, user])).values()];
}

function itemOf({ reads, site }: Context, user: StoredUser): object {
  const owned = reads.list('credentials', { user: user.id, limit: 100 }).items.map(({ body }) => body);
  const access = scheduleRelayOf(user.accessRights, (id) => reads.get('access-rights', id)?.body, site.doors);
  return {
    ID: user.id,
    UserID: user.id,
    Name: user.name,
    PrivatePIN: owned.some(({ kind }) => kind === 'pin') ? '****' : '',
    CardCode: cardCodes(owned),
    WebRelay: '0',
    LiftFloorNum: '',
    Type: '0',
    Source: 'Local',
    SourceType: '1',
    DoorNum: '',
    Group: 'Default',
    PhoneNum: '',
    DialAccount: '0',
    AuthMode: '0',
    FaceUrl: '',
    ScheduleRelay: access,
    'Schedule-Relay': access,
  };
}

/** All of the records are checked before any is stored; they are stored a few at a time. */
async function store(context: Context, asked: Asked, how: 'add' | 'set'): Promise<Outcome> {
  const items = itemsOf(asked);
  if (items === undefined) return badParameter;
  const dialect = akuvoxDialect((id) => context.reads.get('access-rights', id)?.body, context.site.doors);
  const plan = createPlanner(context);
  const ops: WriteOp[][] = [];
  for (const [index, item] of items.entries()) {
    const cells = cellsOf(item, how === 'add' ? newId(context) : '');
    const exists = context.reads.get('users', cells.get('UserId') ?? '') !== undefined;
    if (exists !== (how === 'set'))
      return fault(`item ${index}`, how === 'add' ? 'UserID exists' : 'no such user');
    const line = dialect.read(cells);
    if (!('id' in line)) return fault(`item ${index}`, `${line[0]?.column}: ${line[0]?.message}`);
    const planned = plan(line, index + 1);
    const [first] = planned.faults;
    if (first !== undefined) return fault(`item ${index}`, `${first.column}: ${first.message}`);
    ops.push([...planned.ops]);
  }
  return apply(context, asked, ops);
}

async function remove(context: Context, asked: Asked): Promise<Outcome> {
  const items = itemsOf(asked);
  if (items === undefined) return badParameter;
  const ids = items.map((item) => text(item['ID'] ?? item['UserID']));
  const unknown = ids.findIndex((id) => context.reads.get('users', id) === undefined);
  if (unknown >= 0) return fault(`item ${unknown}`, 'no such user');
  return apply(
    context,
    asked,
    [...new Set(ids)].map((id) => [{ op: 'delete', collection: 'users', id }]),
  );
}

/** Everybody, a slice at a time between which doors go on; whoever came meanwhile goes too. */
async function clear(context: Context, { by }: Asked): Promise<Outcome> {
  for (;;) {
    const { items } = context.reads.list('users', { limit: opsAtOnce });
    if (items.length === 0) return { retcode: 0 };
    const done = await write(
      context,
      by,
      items.map(({ body }) => ({ op: 'delete', collection: 'users', id: body.id })),
    );
    if ('problem' in done) return fault(undefined, done.problem.detail);
  }
}

async function apply(
  context: Context,
  { by }: Asked,
  records: readonly (readonly WriteOp[])[],
): Promise<Outcome> {
  let slice: WriteOp[] = [];
  for (const [index, ops] of records.entries()) {
    slice.push(...ops);
    if (slice.length < opsAtOnce && index < records.length - 1) continue;
    if (slice.length === 0) continue;
    const done = await write(context, by, slice);
    if ('problem' in done) return fault(undefined, done.problem.detail);
    slice = [];
  }
  return { retcode: 0 };
}

/** A record in the columns of the dialect's file; absent fields are absent columns. */
function cellsOf(item: Item, fresh: string): ReadonlyMap<string, string> {
  const access = ['ScheduleRelay', 'Schedule-Relay', 'Schedule'].find((name) => item[name] !== undefined);
  const id = text(item['UserID'] ?? item['ID']);
  const cells: [string, unknown][] = [
    ['UserId', id === '' ? fresh : id],
    ['Name', item['Name']],
    ['PinCode', item['PrivatePIN']],
    ['CardCode', item['CardCode']],
    ['Schedule-Relay', access === undefined ? undefined : item[access]],
  ];
  return new Map(
    cells.filter(([, value]) => value !== undefined).map(([name, value]) => [name, text(value).trim()]),
  );
}
