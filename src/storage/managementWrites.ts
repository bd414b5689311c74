import { sameMembers } from '../core/antipassback.js';
import type { LogRow, RecordChange } from '../core/log.js';
import type {
  Collection,
  Collections,
  ManagementWrite,
  WriteFailure,
  WriteOp,
  WriteResult,
} from '../core/management.js';
import type { Instant, ZoneId } from '../core/model.js';
import { type Connection, sqliteCode } from './database.js';
import type { EventLog } from './eventLog.js';
import { loggedChange } from './redact.js';
import { deleteConflict, putConflict } from './references.js';
import { createTables, idOf, type Tables } from './tables.js';
import type { ZoneRecordTable } from './zoneRecords.js';

export interface ManagementWrites {
  /** Applies one write whole or not at all. Call inside a transaction. Throws only if storage itself fails. */
  apply(write: ManagementWrite, at: Instant): WriteResult;
}

/** What one operation did: its new revision and what the log must say of it. */
interface Done {
  readonly revision: number;
  readonly rows: readonly Omit<LogRow, 'at' | 'by'>[];
}

type Outcome = Done | WriteFailure;

interface Parts {
  readonly log: EventLog;
  readonly records: ZoneRecordTable;
}

type Applying = Parts & { readonly tables: Tables; readonly setAlarm: SetAlarm };
/** Stores a zone's alarm; false = it stood so already. */
type SetAlarm = (zone: ZoneId, alarmed: boolean) => boolean;

/** Operators' changes on the writing connection. */
export function createManagementWrites(db: Connection, parts: Parts): ManagementWrites {
  const tables = createTables(db, parts.log.alarms);
  const setAlarm = createSetAlarm(db);
  const begin = db.prepare('SAVEPOINT management');
  const undo = db.prepare('ROLLBACK TO management');
  const end = db.prepare('RELEASE management');
  return {
    apply: (write, at) => {
      begin.run();
      let result: WriteResult;
      try {
        result = applyOps({ ...parts, tables, setAlarm }, write, at);
      } catch (error) {
        if (!isRefusal(error) || !db.inTransaction) throw error;
        result = { ok: false, error: { kind: 'storage', message: 'The database refused these values.' } };
      }
      if (!result.ok) {
        undo.run();
        parts.log.reread();
      }
      end.run();
      return result;
    },
  };
}

/** A value that fits no column is this write's fault, not storage's. */
function isRefusal(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code === '' ||
    code.startsWith('SQLITE_CONSTRAINT') ||
    code === 'SQLITE_MISMATCH' ||
    code === 'SQLITE_TOOBIG'
  );
}

function applyOps(parts: Applying, write: ManagementWrite, at: Instant): WriteResult {
  const done: Done[] = [];
  for (const asked of write.ops) {
    const op = asked.op === 'delete' ? keptIfUsed(parts.tables, asked) : asked;
    const outcome = applyOp(parts.tables, parts.records, op);
    if ('kind' in outcome) return { ok: false, error: outcome };
    done.push(outcome);
    // At once, so that the next operation meets the records as they are. All there are have a lower number.
    const seq = parts.log.head().seq + 1;
    for (const change of outcome.rows.flatMap((row) => row.records ?? [])) parts.records.apply(change, seq);
  }
  let seq = parts.log.head().seq;
  for (const row of rowsOf(write, done)) seq = parts.log.append({ ...row, at, by: write.by });
  for (const { zone, alarmed } of write.alarms ?? []) {
    if (!parts.setAlarm(zone, alarmed)) continue;
    seq = parts.log.append({ kind: alarmed ? 'zone-alarm-on' : 'zone-alarm-off', zone, at, by: write.by });
  }
  return { ok: true, revisions: done.map(({ revision }) => revision), seq };
}

/** What something still names opens nothing from now on, and its name stays for who names it. */
function keptIfUsed(tables: Tables, op: Extract<WriteOp, { op: 'delete' }>): WriteOp {
  if (op.ifUsed === undefined || deleteConflict(tables, op) === undefined) return op;
  const { id } = op;
  const group = op.collection === 'groups' ? tables.get('groups', id)?.body : undefined;
  const right = op.collection === 'access-rights' ? tables.get('access-rights', id)?.body : undefined;
  const put = { op: 'put', id } as const;
  if (group !== undefined)
    return { ...put, collection: 'groups', body: { ...group, accessRights: [], placeholder: true } };
  if (right !== undefined)
    return { ...put, collection: 'access-rights', body: { ...right, doors: [], placeholder: true } };
  return op;
}

/** The core's own fact of a zone's alarm, which it is told of with the change. */
function createSetAlarm(db: Connection): SetAlarm {
  const put = db.prepare('INSERT OR IGNORE INTO core_facts (key, value) VALUES (?, ?)');
  const drop = db.prepare('DELETE FROM core_facts WHERE key = ?');
  return (zone, alarmed) => {
    const key = `zone/${zone}/alarm`;
    return (alarmed ? put.run(key, 'true') : drop.run(key)).changes > 0;
  };
}

/** One row per operation and consequence, or the one row the write names; either carries the record changes. */
function rowsOf(write: ManagementWrite, done: readonly Done[]): readonly Omit<LogRow, 'at' | 'by'>[] {
  const rows = done.flatMap((one) => one.rows);
  if (write.event === undefined) return rows;
  const records = rows.flatMap((row) => row.records ?? []);
  return [{ kind: write.event, ...(write.detail === undefined ? {} : { detail: write.detail }), records }];
}

function applyOp(tables: Tables, records: ZoneRecordTable, op: WriteOp): Outcome {
  const { collection, id } = op;
  const before = tables.get(collection, id);
  if (before === undefined && (op.op === 'delete' || typeof op.expect === 'number')) {
    return { kind: 'missing', collection, id };
  }
  if (before !== undefined && op.expect === 'absent') {
    return { kind: 'conflict', collection, id, field: 'id', message: 'It exists already.' };
  }
  if (before !== undefined && op.expect !== undefined && op.expect !== before.revision) {
    return { kind: 'stale', collection, id, revision: before.revision };
  }
  if (op.op === 'put' && idOf(op.body) !== id) {
    return { kind: 'conflict', collection, id, field: 'id', message: 'The id in the body is another one.' };
  }
  const conflict = op.op === 'put' ? putConflict(tables, op) : deleteConflict(tables, op);
  if (conflict !== undefined) return conflict;
  if (op.op === 'put') {
    const revision = (before?.revision ?? 0) + 1;
    tables.put(collection, op.body, revision, before?.body);
    return { revision, rows: changeRows(op, before?.body, afterPut(tables, op, before?.body), records) };
  }
  const consequence = before === undefined ? {} : remove(tables, op, before.body);
  return { revision: 0, rows: changeRows(op, before?.body, consequence, records) };
}

/** What else an operation took with it. */
interface Consequence {
  readonly credentials?: number;
  readonly tokens?: number;
}

/** A new password ends every login made with the old one. */
function afterPut(
  tables: Tables,
  op: Extract<WriteOp, { op: 'put' }>,
  before: Collections[Collection] | undefined,
): Consequence {
  if (op.collection !== 'operators' || before === undefined) return {};
  if ((before as Collections['operators']).passwordHash === op.body.passwordHash) return {};
  return removeTokens(tables, op.id);
}

function removeTokens(tables: Tables, operator: string): Consequence {
  const tokens = tables.all('tokens').filter((token) => token.operator === operator);
  for (const token of tokens) tables.remove('tokens', token);
  return tokens.length > 0 ? { tokens: tokens.length } : {};
}

/** Removes the thing and what cannot be without it. */
function remove(
  tables: Tables,
  { collection, id }: Extract<WriteOp, { op: 'delete' }>,
  body: Collections[Collection],
): Consequence {
  const credentials = collection === 'users' ? tables.credentials.removeOfUser(id) : 0;
  const tokens = collection === 'operators' ? removeTokens(tables, id) : {};
  tables.remove(collection, body);
  return { ...(credentials > 0 ? { credentials } : {}), ...tokens };
}

function changeRows(
  op: WriteOp,
  before: Collections[Collection] | undefined,
  { credentials, tokens }: Consequence,
  records: ZoneRecordTable,
): readonly Omit<LogRow, 'at' | 'by'>[] {
  if (op.op === 'put' && op.collection === 'alarms') return [acknowledgement(op.body)];
  const after = op.op === 'put' ? op.body : undefined;
  const forgotten = op.collection === 'users' && after === undefined ? records.countOfUser(op.id) : undefined;
  const changed: Omit<LogRow, 'at' | 'by'> = {
    kind: 'changed',
    ...subjectOf(op, before),
    detail: {
      collection: op.collection,
      id: op.id,
      op: op.op,
      ...loggedChange(op.collection, before, after),
      ...(credentials === undefined ? {} : { credentials }),
      ...(tokens === undefined ? {} : { tokens }),
      ...(forgotten === undefined ? {} : { forgotten }),
    },
    ...(forgotten === undefined ? {} : { records: [{ kind: 'forget-user', user: op.id }] }),
  };
  if (op.collection !== 'zones' || before === undefined) return [changed];
  const zone = before as Collections['zones'];
  if (op.op === 'put' && sameMembers(zone, op.body)) return [changed];
  const forgetZone: RecordChange = { kind: 'forget-zone', zone: zone.id };
  const detail = {
    count: records.countOfZone(zone.id),
    cause: op.op === 'put' ? 'members-changed' : 'zone-deleted',
  };
  return [changed, { kind: 'zone-forgotten', zone: zone.id, detail, records: [forgetZone] }];
}

/** Alarms are made by rows; all that is ever put is that somebody has seen one. */
function acknowledgement(alarm: Collections['alarms']): Omit<LogRow, 'at' | 'by'> {
  const { id, kind, door, reader, zone, user, acknowledged } = alarm;
  return {
    kind: 'alarm-acknowledged',
    ...(door === undefined ? {} : { door }),
    ...(reader === undefined ? {} : { reader }),
    ...(zone === undefined ? {} : { zone }),
    ...(user === undefined ? {} : { user }),
    detail: { alarm: Number(id), kind, note: acknowledged?.note ?? '' },
  };
}

/** Whom or what the row is about, so that it is found with the rest of that user's, door's or zone's rows. */
function subjectOf(
  op: WriteOp,
  before: Collections[Collection] | undefined,
): Pick<LogRow, 'user' | 'userName' | 'door' | 'zone'> {
  const body = op.op === 'put' ? op.body : before;
  switch (op.collection) {
    case 'users':
      return { user: op.id, userName: (body as Collections['users']).name };
    case 'credentials':
      return { user: (body as Collections['credentials']).user };
    case 'doors':
      return { door: op.id };
    case 'zones':
      return { zone: (body as Collections['zones']).id };
    default:
      return {};
  }
}
