import type { CredentialFacts, UserFacts } from '../core/model.js';
import type { Reads } from '../core/reads.js';
import type { Lookup } from '../core/requests.js';
import type { Connection } from './database.js';
import { type UserRow, userColumns, validityOf } from './users.js';

type FactsRow = Omit<UserRow, 'note' | 'urls' | 'revision'>;

/** Of a user's columns what no decision asks for. */
const notFacts: ReadonlySet<string> = new Set(['note', 'urls', 'revision']);

interface CredentialFactsRow {
  readonly credential: string;
  readonly status: string;
  readonly uses_left: number | null;
  readonly duress: number;
}

type FoundRow = FactsRow & CredentialFactsRow;

const credentialFacts = 'c.id AS credential, c.status, c.uses_left, c.duress';

/**
 * Who is it? One indexed look-up a candidate. A candidate with a length matches credentials of that length or
 * of any; one without matches all. Where a secret or name belongs to several users, it belongs to nobody.
 */
export function createLookup(db: Connection): (lookup: Lookup) => UserFacts | undefined {
  const userFields = userColumns
    .split(', ')
    .filter((name) => !notFacts.has(name))
    .map((name) => `u.${name}`)
    .join(', ');
  // Bound by position and one statement for either case: this runs at every swipe, and names cost a third of it.
  const found = `SELECT ${userFields}, ${credentialFacts} FROM credentials c JOIN users u ON u.id = c.user
    WHERE c.kind = ? AND c.secret = ?`;
  const ofAnyLength = db.prepare<[string, string], FoundRow>(found);
  const ofLength = db.prepare<[string, string, number], FoundRow>(
    `${found} AND ifnull(c.bits, -1) IN (-1, ?)`,
  );
  const byName = db.prepare<[string], FactsRow>(`SELECT ${userFields} FROM users u WHERE u.name = ? LIMIT 2`);
  const byId = db.prepare<[string], FactsRow>(`SELECT ${userFields} FROM users u WHERE u.id = ?`);
  return (lookup) => {
    if (lookup.by === 'none') return undefined;
    if (lookup.by === 'id') {
      const row = byId.get(lookup.id);
      return row === undefined ? undefined : factsOf(row, true, undefined);
    }
    if (lookup.by === 'name') {
      const [row, another] = byName.all(lookup.name);
      return row === undefined || another !== undefined ? undefined : factsOf(row, true, undefined);
    }
    for (const { kind, secret, bits } of lookup.candidates) {
      const rows = bits === undefined ? ofAnyLength.all(kind, secret) : ofLength.all(kind, secret, bits);
      const [first] = rows;
      if (first === undefined) continue;
      if (rows.some((row) => row.id !== first.id)) return undefined;
      // Enrolled twice and one of them lost or disabled: it is the same card in somebody's hand.
      return factsOf(
        first,
        rows.every((row) => row.status === 'active'),
        credentialOf(rows),
      );
    }
    return undefined;
  };
}

/** Of one card enrolled twice the strictest counts. */
function credentialOf(rows: readonly CredentialFactsRow[]): CredentialFacts {
  const uses = rows.flatMap((row) => row.uses_left ?? []);
  const missing = rows.map((row) => row.status).find((status) => status === 'lost' || status === 'stolen');
  const limited = rows.find((row) => row.uses_left === Math.min(...uses)) ?? rows[0];
  return {
    id: limited?.credential ?? '',
    ...(uses.length === 0 ? {} : { usesLeft: Math.min(...uses) }),
    ...(rows.some((row) => row.duress === 1) ? { duress: true } : {}),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** A user's PIN by its keys. */
export function createPinLookup(db: Connection): Reads['findPin'] {
  const find = db.prepare<[string, string], CredentialFactsRow>(
    `SELECT ${credentialFacts} FROM credentials c WHERE c.user = ? AND c.kind = 'pin' AND c.secret = ?`,
  );
  return (user, secrets) => {
    for (const secret of secrets) {
      const row = find.get(user, secret);
      if (row !== undefined) return { enabled: row.status === 'active', credential: credentialOf([row]) };
    }
    return undefined;
  };
}

function factsOf(
  row: FactsRow,
  credentialEnabled: boolean,
  credential: CredentialFacts | undefined,
): UserFacts {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled === 1,
    credentialEnabled,
    ...validityOf(row),
    groups: JSON.parse(row.groups) as string[],
    accessRights: JSON.parse(row.access_rights) as string[],
    extendedUnlock: row.extended_unlock === 1,
    supervisor: row.supervisor === 1,
    ...(credential === undefined ? {} : { credential }),
  };
}
