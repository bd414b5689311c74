import type { Revised, StoredUser } from '../core/management.js';
import type { Connection } from './database.js';

/** A row of the users table; groups and access rights are JSON texts, so that one look-up finds all. */
export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: number;
  readonly valid_from_ms: number | null;
  readonly valid_until_ms: number | null;
  readonly groups: string;
  readonly access_rights: string;
  readonly extended_unlock: number;
  readonly supervisor: number;
  readonly note: string;
  /** JSON text, as groups. */
  readonly urls: string;
  readonly revision: number;
}

export const userColumns =
  'id, name, enabled, valid_from_ms, valid_until_ms, groups, access_rights, extended_unlock, supervisor, ' +
  'note, urls, revision';

export function storedUserOf(row: UserRow): Revised<StoredUser> {
  const body: StoredUser = {
    id: row.id,
    name: row.name,
    enabled: row.enabled === 1,
    ...validityOf(row),
    groups: JSON.parse(row.groups) as string[],
    accessRights: JSON.parse(row.access_rights) as string[],
    extendedUnlock: row.extended_unlock === 1,
    supervisor: row.supervisor === 1,
    note: row.note,
    urls: JSON.parse(row.urls) as string[],
  };
  return { revision: row.revision, body };
}

/** The validity dates that are set. */
export function validityOf(row: Pick<UserRow, 'valid_from_ms' | 'valid_until_ms'>): {
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
} {
  return {
    ...(row.valid_from_ms === null ? {} : { validFromMs: row.valid_from_ms }),
    ...(row.valid_until_ms === null ? {} : { validUntilMs: row.valid_until_ms }),
  };
}

/** How names are searched: without regard to case or width. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Users on the writing connection, with the index of who refers to which group and access right. */
export function createUserTable(db: Connection): {
  get(id: string): Revised<StoredUser> | undefined;
  put(user: StoredUser, revision: number, before: StoredUser | undefined): void;
  remove(user: StoredUser): void;
} {
  const select = db.prepare<[string], UserRow>(`SELECT ${userColumns} FROM users WHERE id = ?`);
  const upsert = db.prepare(
    `INSERT INTO users (${userColumns}, name_key) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
       enabled = excluded.enabled, valid_from_ms = excluded.valid_from_ms,
       valid_until_ms = excluded.valid_until_ms, groups = excluded.groups,
       access_rights = excluded.access_rights, extended_unlock = excluded.extended_unlock,
       supervisor = excluded.supervisor, note = excluded.note, urls = excluded.urls, revision = excluded.revision`,
  );
  const remove = db.prepare('DELETE FROM users WHERE id = ?');
  const addRef = db.prepare('INSERT OR IGNORE INTO user_refs (collection, ref, user) VALUES (?, ?, ?)');
  const dropRef = db.prepare('DELETE FROM user_refs WHERE collection = ? AND ref = ? AND user = ?');
  const eachRef = (user: StoredUser, statement: typeof addRef): void => {
    for (const group of user.groups) statement.run('groups', group, user.id);
    for (const right of user.accessRights) statement.run('access-rights', right, user.id);
  };
  return {
    get: (id) => {
      const row = select.get(id);
      return row === undefined ? undefined : storedUserOf(row);
    },
    put: (user, revision, before) => {
      if (before !== undefined) eachRef(before, dropRef);
      upsert.run(
        user.id,
        user.name,
        user.enabled ? 1 : 0,
        user.validFromMs ?? null,
        user.validUntilMs ?? null,
        JSON.stringify(user.groups),
        JSON.stringify(user.accessRights),
        user.extendedUnlock ? 1 : 0,
        user.supervisor ? 1 : 0,
        user.note,
        JSON.stringify(user.urls),
        revision,
        nameKey(user.name),
      );
      eachRef(user, addRef);
    },
    remove: (user) => {
      eachRef(user, dropRef);
      remove.run(user.id);
    },
  };
}
