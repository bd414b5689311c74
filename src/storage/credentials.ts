import type { Revised, StoredCredential } from '../core/management.js';
import type { Connection } from './database.js';

/** A row of the credentials table. */
export interface CredentialRow {
  readonly id: string;
  readonly user: string;
  readonly kind: StoredCredential['kind'];
  readonly secret: string;
  readonly bits: number | null;
  readonly format: string | null;
  readonly facility: number | null;
  readonly number: string | null;
  readonly status: StoredCredential['status'];
  readonly uses_left: number | null;
  readonly duress: number;
  readonly with_card: number;
  readonly revision: number;
}

export const credentialColumns =
  'id, user, kind, secret, bits, format, facility, number, status, uses_left, duress, with_card, revision';

export function storedCredentialOf(row: CredentialRow): Revised<StoredCredential> {
  const body: StoredCredential = {
    id: row.id,
    user: row.user,
    kind: row.kind,
    secret: row.secret,
    ...(row.bits === null ? {} : { bits: row.bits }),
    ...(row.format === null ? {} : { format: row.format }),
    ...(row.facility === null ? {} : { facility: row.facility }),
    ...(row.number === null ? {} : { number: row.number }),
    status: row.status,
    ...(row.uses_left === null ? {} : { usesLeft: row.uses_left }),
    ...(row.duress === 1 ? { duress: true } : {}),
    ...(row.with_card === 1 ? { withCard: true } : {}),
  };
  return { revision: row.revision, body };
}

export interface CredentialTable {
  get(id: string): Revised<StoredCredential> | undefined;
  /** The credential with the same kind, secret and length, if there is one. */
  twin(credential: StoredCredential): { readonly id: string; readonly user: string } | undefined;
  /** How many PINs of this many digits serve by themselves. */
  countPins(digits: number): number;
  put(credential: StoredCredential, revision: number): void;
  remove(id: string): void;
  /** Removes all of one user; returns how many there were. */
  removeOfUser(user: string): number;
}

/** How many PINs of so many digits serve by themselves: those that go with a card have no length. */
export function pinCounter(db: Connection): (digits: number) => number {
  const count = db
    .prepare<[number], number>("SELECT count(*) FROM credentials WHERE kind = 'pin' AND ifnull(bits, -1) = ?")
    .pluck();
  return (digits) => count.get(digits) ?? 0;
}

/** Credentials on the writing connection. */
export function createCredentialTable(db: Connection): CredentialTable {
  const select = db.prepare<[string], CredentialRow>(
    `SELECT ${credentialColumns} FROM credentials WHERE id = ?`,
  );
  const selectTwin = db.prepare<[string, string, number], { id: string; user: string }>(
    'SELECT id, user FROM credentials WHERE kind = ? AND secret = ? AND ifnull(bits, -1) = ?',
  );
  const upsert = db.prepare(
    `INSERT INTO credentials (${credentialColumns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
     ON CONFLICT (id) DO UPDATE SET user = excluded.user, kind = excluded.kind, secret = excluded.secret,
       bits = excluded.bits, format = excluded.format, facility = excluded.facility,
       number = excluded.number, status = excluded.status,
       uses_left = excluded.uses_left, duress = excluded.duress, with_card = excluded.with_card,
       revision = excluded.revision`,
  );
  const remove = db.prepare('DELETE FROM credentials WHERE id = ?');
  const removeOfUser = db.prepare('DELETE FROM credentials WHERE user = ?');
  return {
    get: (id) => {
      const row = select.get(id);
      return row === undefined ? undefined : storedCredentialOf(row);
    },
    twin: ({ kind, secret, bits }) => selectTwin.get(kind, secret, bits ?? -1),
    countPins: pinCounter(db),
    put: (credential, revision) => {
      upsert.run(
        credential.id,
        credential.user,
        credential.kind,
        credential.secret,
        credential.bits ?? null,
        credential.format ?? null,
        credential.facility ?? null,
        credential.number ?? null,
        credential.status,
        credential.usesLeft ?? null,
        credential.duress === true ? 1 : 0,
        credential.withCard === true ? 1 : 0,
        revision,
      );
    },
    remove: (id) => {
      remove.run(id);
    },
    removeOfUser: (user) => removeOfUser.run(user).changes,
  };
}
