import type { Collection, Collections, Revised } from '../core/management.js';
import type { AlarmTable } from './alarms.js';
import { type CredentialTable, createCredentialTable } from './credentials.js';
import type { Connection } from './database.js';
import { createUserTable } from './users.js';

/** Every collection that has no table of its own. */
export type ItemCollection = Exclude<Collection, 'users' | 'credentials' | 'alarms'>;

/** All collections on the writing connection under one pair of verbs. */
export interface Tables {
  readonly credentials: CredentialTable;
  get<C extends Collection>(collection: C, id: string): Revised<Collections[C]> | undefined;
  has(collection: Collection, id: string): boolean;
  put<C extends Collection>(
    collection: C,
    body: Collections[C],
    revision: number,
    before: Collections[C] | undefined,
  ): void;
  remove<C extends Collection>(collection: C, body: Collections[C]): void;
  /** All of a small collection. */
  all<C extends ItemCollection>(collection: C): readonly Collections[C][];
  /** Some user who is in this group, or has this access right. */
  userReferring(collection: 'groups' | 'access-rights', id: string): string | undefined;
}

/** The key a body is stored under: zones are numbered, everything else carries its id as text. */
export function idOf(body: Collections[Collection]): string {
  return String(body.id);
}

export function createTables(db: Connection, alarms: AlarmTable): Tables {
  const users = createUserTable(db);
  const credentials = createCredentialTable(db);
  const select = db.prepare<[string, string], { revision: number; body: string }>(
    'SELECT revision, body FROM items WHERE collection = ? AND id = ?',
  );
  const upsert = db.prepare('INSERT OR REPLACE INTO items (collection, id, revision, body) VALUES (?,?,?,?)');
  const remove = db.prepare('DELETE FROM items WHERE collection = ? AND id = ?');
  const selectAll = db
    .prepare<[string], string>('SELECT body FROM items WHERE collection = ? ORDER BY id')
    .pluck();
  const referring = db
    .prepare<[string, string], string>('SELECT user FROM user_refs WHERE collection = ? AND ref = ? LIMIT 1')
    .pluck();
  const getItem = (collection: string, id: string): Revised<unknown> | undefined => {
    const row = select.get(collection, id);
    return row === undefined ? undefined : { revision: row.revision, body: JSON.parse(row.body) };
  };
  /** The casts in this function are the border between table and type: what `put` stored under a name comes back. */
  return {
    credentials,
    get: <C extends Collection>(collection: C, id: string) => {
      const own = collection === 'users' ? users : collection === 'credentials' ? credentials : undefined;
      const found = collection === 'alarms' ? alarms.get(id) : (own?.get(id) ?? getItem(collection, id));
      return found as Revised<Collections[C]> | undefined;
    },
    has: (collection, id) => {
      if (collection === 'users') return users.get(id) !== undefined;
      if (collection === 'credentials') return credentials.get(id) !== undefined;
      return select.get(collection, id) !== undefined;
    },
    put: (collection, body, revision, before) => {
      if (collection === 'users') {
        users.put(body as Collections['users'], revision, before as Collections['users'] | undefined);
      } else if (collection === 'credentials') {
        credentials.put(body as Collections['credentials'], revision);
      } else if (collection === 'alarms') {
        alarms.put(body as Collections['alarms'], revision);
      } else {
        upsert.run(collection, idOf(body), revision, JSON.stringify(body));
      }
    },
    remove: (collection, body) => {
      if (collection === 'users') users.remove(body as Collections['users']);
      else if (collection === 'credentials') credentials.remove(idOf(body));
      else if (collection === 'alarms') alarms.remove(idOf(body));
      else remove.run(collection, idOf(body));
    },
    all: <C extends ItemCollection>(collection: C) =>
      selectAll.all(collection).map((body) => JSON.parse(body) as Collections[C]),
    userReferring: (collection, id) => referring.get(collection, id),
  };
}
