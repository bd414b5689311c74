import type { Json } from '../core/log.js';
import type { Collections, Revised } from '../core/management.js';
import type { Reads } from '../core/reads.js';
import type { Passage, Stored } from '../core/state.js';
import { pinCounter } from './credentials.js';
import { type Connection, openReader } from './database.js';
import { createEventCounts, createProof, createRecordChanges, createSeqBefore } from './eventCounts.js';
import { createEventPages, createEventReads } from './eventReads.js';
import { createListReads } from './listReads.js';
import { createLookup, createPinLookup } from './lookup.js';
import { siteOf } from './siteRead.js';
import type { ItemCollection } from './tables.js';
import { createZoneReads } from './zoneReads.js';
import { type ZoneRecordRow, zoneRecordColumns, zoneRecordOf } from './zoneRecords.js';

/** All reading of the stored data, on a read-only connection of its own, with every statement prepared once. */
export function openReads(dbPath: string): Reads {
  const db = openReader(dbPath);
  try {
    return readsOn(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function readsOn(db: Connection): Reads {
  const setting = db
    .prepare<[string], string>("SELECT body FROM items WHERE collection = 'settings' AND id = ?")
    .pluck();
  const items = db
    .prepare<[string], string>('SELECT body FROM items WHERE collection = ? ORDER BY id')
    .pluck();
  const lastSeq = db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM events').pluck();
  const all = <C extends ItemCollection>(collection: C): Collections[C][] =>
    items.all(collection).map((body) => JSON.parse(body) as Collections[C]);
  const events = createEventReads(db);
  return {
    findUser: createLookup(db),
    findPin: createPinLookup(db),
    countPins: pinCounter(db),
    ...createListReads(db),
    setting: (id) => {
      const body = setting.get(id);
      return body === undefined ? undefined : (JSON.parse(body) as Collections['settings']).value;
    },
    tokenByHash: createTokenRead(db),
    events,
    eventPage: createEventPages(db, events),
    countEvents: createEventCounts(db),
    recordChanges: createRecordChanges(db),
    seqBefore: createSeqBefore(db),
    proofOf: createProof(db),
    lastSeq: () => lastSeq.get() ?? 0,
    ...createZoneReads(db),
    site: db.transaction((wiring: Parameters<Reads['site']>[0]) => siteOf(all, wiring)),
    stored: createStoredRead(db),
    close: () => {
      db.close();
    },
  };
}

/** The index on the hash serves only a query that says the same expression and the same condition. */
function createTokenRead(db: Connection): Reads['tokenByHash'] {
  const select = db.prepare<[string], { revision: number; body: string }>(
    `SELECT t.revision AS revision, t.body AS body FROM items t
     JOIN items o ON o.collection = 'operators' AND o.id = json_extract(t.body, '$.operator')
     WHERE t.collection = 'tokens' AND json_extract(t.body, '$.hash') = ?
       AND NOT json_extract(o.body, '$.disabled')`,
  );
  return (hash) => {
    const row = select.get(hash);
    if (row === undefined) return undefined;
    const token: Revised<Collections['tokens']> = {
      revision: row.revision,
      body: JSON.parse(row.body) as Collections['tokens'],
    };
    return token;
  };
}

function createStoredRead(db: Connection): Reads['stored'] {
  const records = db.prepare<[], ZoneRecordRow>(`SELECT ${zoneRecordColumns} FROM zone_records`);
  const passages = db.prepare<[], string>('SELECT body FROM pending_passages ORDER BY id').pluck();
  const facts = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM core_facts');
  /**
   * Row by row: with 240,000 users in several zones the whole list need not stand in memory twice. The few
   * readers and boots there are stand in memory once, not once a row.
   */
  function* stream(): Generator<{ zone: number; user: string; record: ReturnType<typeof zoneRecordOf> }> {
    const texts = new Map<string, string>();
    const once = (text: string): string => {
      const known = texts.get(text);
      if (known === undefined) texts.set(text, text);
      return known ?? text;
    };
    for (const row of records.iterate()) {
      const record = zoneRecordOf({ ...row, reader: once(row.reader), boot: once(row.boot) });
      yield { zone: row.zone, user: row.user, record };
    }
  }
  return (boot) => {
    const stored: Stored = {
      boot,
      records: { [Symbol.iterator]: stream },
      passages: passages.all().map((body) => JSON.parse(body) as Passage),
      facts: new Map(facts.all().map(({ key, value }) => [key, JSON.parse(value) as Json])),
    };
    return stored;
  };
}
