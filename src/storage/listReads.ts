import type { Collection, Collections, Revised } from '../core/management.js';
import type { Page, Reads } from '../core/reads.js';
import { createAlarmReads } from './alarms.js';
import { type CredentialRow, credentialColumns, storedCredentialOf } from './credentials.js';
import type { Connection } from './database.js';
import { idOf } from './tables.js';
import { nameKey, storedUserOf, type UserRow, userColumns } from './users.js';

type ListQuery = Parameters<Reads['list']>[1];
type AnyRevised = Revised<Collections[Collection]>;

/** Read through `setting` only: not for lists, exports or pages. */
export const hiddenSetting = 'pin-pepper';

interface ItemRow {
  readonly revision: number;
  readonly body: string;
}

/** Single things and pages of them, ordered by id, on the reader's connection. */
export function createListReads(
  db: Connection,
): Pick<Reads, 'get' | 'list' | 'count' | 'alarms' | 'credentialsOf'> {
  const user = db.prepare<[string], UserRow>(`SELECT ${userColumns} FROM users WHERE id = ?`);
  const credential = db.prepare<[string], CredentialRow>(
    `SELECT ${credentialColumns} FROM credentials WHERE id = ?`,
  );
  const bySecret = db.prepare<[string, string], CredentialRow>(
    `SELECT ${credentialColumns} FROM credentials WHERE kind = ? AND secret = ? LIMIT 100`,
  );
  const item = db.prepare<[string, string], ItemRow>(
    'SELECT revision, body FROM items WHERE collection = ? AND id = ?',
  );
  const countUsers = db.prepare<[], number>('SELECT count(*) FROM users').pluck();
  const countCredentials = db.prepare<[], number>('SELECT count(*) FROM credentials').pluck();
  const countItems = db.prepare<[string], number>('SELECT count(*) FROM items WHERE collection = ?').pluck();
  const get = (collection: Collection, id: string): AnyRevised | undefined => {
    if (collection === 'users') return mapped(user.get(id), storedUserOf);
    if (collection === 'credentials') return mapped(credential.get(id), storedCredentialOf);
    if (collection === 'alarms') return alarms.get(id);
    if (collection === 'settings' && id === hiddenSetting) return undefined;
    return mapped(item.get(collection, id), itemOf);
  };
  const page = createPager(db);
  const alarms = createAlarmReads(db);
  return {
    get: <C extends Collection>(collection: C, id: string) =>
      get(collection, id) as Revised<Collections[C]> | undefined,
    list: <C extends Collection>(collection: C, query: ListQuery) => {
      const limit = Math.max(1, query.limit);
      const rows = page(collection, { ...query, limit: limit + 1 });
      const items = rows.slice(0, limit) as unknown as Revised<Collections[C]>[];
      const last = items.at(-1);
      const found: Page<Revised<Collections[C]>> =
        rows.length > limit && last !== undefined ? { items, next: idOf(last.body) } : { items };
      return found;
    },
    alarms: alarms.alarms,
    credentialsOf: (kind, secret) => bySecret.all(kind, secret).map(storedCredentialOf),
    count: (collection) => {
      if (collection === 'users') return countUsers.get() ?? 0;
      if (collection === 'credentials') return countCredentials.get() ?? 0;
      const hidden = collection === 'settings' && item.get(collection, hiddenSetting) !== undefined ? 1 : 0;
      return (countItems.get(collection) ?? 0) - hidden;
    },
  };
}

interface Bound {
  readonly collection: string;
  readonly after: string;
  readonly limit: number;
  readonly user: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

function createPager(db: Connection): (collection: Collection, query: ListQuery) => readonly AnyRevised[] {
  const users = `SELECT ${userColumns} FROM users WHERE id > @after`;
  const credentials = `SELECT ${credentialColumns} FROM credentials WHERE id > @after`;
  const items = `SELECT revision, body FROM items WHERE collection = @collection AND id > @after
    AND NOT (collection = 'settings' AND id = '${hiddenSetting}')`;
  const end = 'ORDER BY id LIMIT @limit';
  const ofUser = 'AND user = @user';
  const byNumber = 'AND number >= @from AND number < @to';
  const sql = {
    users: db.prepare<[Bound], UserRow>(`${users} ${end}`),
    // By name, from the index: a short beginning has too many to sort. Whoever was last may have gone meanwhile.
    usersByText: db.prepare<[Bound], UserRow>(
      `SELECT ${userColumns} FROM users WHERE name_key < @to
         AND name_key >= max(@from, ifnull((SELECT name_key FROM users WHERE id = @after), ''))
         AND (@after = '' OR (name_key, id) > (SELECT name_key, id FROM users WHERE id = @after))
       ORDER BY name_key, id LIMIT @limit`,
    ),
    credentials: db.prepare<[Bound], CredentialRow>(`${credentials} ${end}`),
    credentialsOfUser: db.prepare<[Bound], CredentialRow>(`${credentials} ${ofUser} ${end}`),
    credentialsByText: db.prepare<[Bound], CredentialRow>(`${credentials} ${byNumber} ${end}`),
    credentialsOfUserByText: db.prepare<[Bound], CredentialRow>(
      `${credentials} ${ofUser} ${byNumber} ${end}`,
    ),
    items: db.prepare<[Bound], ItemRow>(`${items} ${end}`),
    itemsByText: db.prepare<[Bound], ItemRow>(
      `${items} AND instr(lower(ifnull(json_extract(body, '$.name'), id)), @text) > 0 ${end}`,
    ),
  };
  return (collection, query) => {
    const bound = boundOf(collection, query);
    const text = query.text !== undefined && query.text !== '';
    if (collection === 'users') return (text ? sql.usersByText : sql.users).all(bound).map(storedUserOf);
    if (collection !== 'credentials') return (text ? sql.itemsByText : sql.items).all(bound).map(itemOf);
    const statement =
      query.user === undefined
        ? text
          ? sql.credentialsByText
          : sql.credentials
        : text
          ? sql.credentialsOfUserByText
          : sql.credentialsOfUser;
    return statement.all(bound).map(storedCredentialOf);
  };
}

/** Texts search names by their beginning, credentials by the beginning of their number. */
function boundOf(collection: Collection, query: ListQuery): Bound {
  const from = collection === 'credentials' ? (query.text ?? '') : nameKey(query.text ?? '');
  return {
    collection,
    after: query.after ?? '',
    limit: query.limit,
    user: query.user ?? '',
    from,
    to: `${from}\u{10ffff}`,
    text: from.toLowerCase(),
  };
}

function itemOf(row: ItemRow): AnyRevised {
  return { revision: row.revision, body: JSON.parse(row.body) as Collections[Collection] };
}

function mapped<T>(row: T | undefined, map: (row: T) => AnyRevised): AnyRevised | undefined {
  return row === undefined ? undefined : map(row);
}
