/**
 * Schema 1. Rows of `events` are never changed nor removed: triggers refuse it, and the hash chain shows it
 * where somebody got round the triggers. Milliseconds are REAL: they may carry fractions.
 */
export const migration0001 = `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  boot TEXT NOT NULL,
  mono_ms REAL NOT NULL,
  wall_ms REAL NOT NULL,
  trust TEXT NOT NULL,
  kind TEXT NOT NULL,
  door TEXT,
  reader TEXT,
  zone INTEGER,
  user TEXT,
  user_name TEXT,
  credential_kind TEXT,
  credential_label TEXT,
  by TEXT,
  reason TEXT,
  detail TEXT,
  records TEXT,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_user ON events (user, seq) WHERE user IS NOT NULL;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;

CREATE TABLE chain_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE commit_progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  session TEXT NOT NULL,
  last_commit INTEGER NOT NULL
) STRICT;

CREATE TABLE zone_records (
  zone INTEGER NOT NULL,
  user TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('entry', 'exit')),
  reader TEXT NOT NULL,
  seq INTEGER NOT NULL,
  boot TEXT NOT NULL,
  mono_ms REAL NOT NULL,
  wall_ms REAL NOT NULL,
  trusted INTEGER NOT NULL,
  PRIMARY KEY (zone, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX zone_records_user ON zone_records (user);

CREATE TABLE pending_passages (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE core_facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  valid_from_ms REAL,
  valid_until_ms REAL,
  groups TEXT NOT NULL,
  access_rights TEXT NOT NULL,
  extended_unlock INTEGER NOT NULL,
  note TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX users_name ON users (name);
CREATE INDEX users_name_key ON users (name_key);

CREATE TABLE user_refs (
  collection TEXT NOT NULL,
  ref TEXT NOT NULL,
  user TEXT NOT NULL,
  PRIMARY KEY (collection, ref, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  secret TEXT NOT NULL,
  bits INTEGER,
  format TEXT,
  facility INTEGER,
  number TEXT,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX credentials_key ON credentials (kind, secret, ifnull(bits, -1));
CREATE INDEX credentials_user ON credentials (user, id);
CREATE INDEX credentials_number ON credentials (number) WHERE number IS NOT NULL;

CREATE TABLE items (
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (collection, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX items_token_hash ON items (json_extract(body, '$.hash')) WHERE collection = 'tokens';
`;
