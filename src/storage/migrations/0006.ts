/**
 * Schema 6: what is in each stretch of 256 rows of the log, written when it is full. It finds rows by time, door,
 * reader, kind and reason without an index that every swipe's commit would have to write to.
 */
export const migration0006 = `
CREATE TABLE event_blocks (
  block INTEGER PRIMARY KEY,
  wall_min REAL NOT NULL,
  wall_max REAL NOT NULL
) STRICT;
CREATE TABLE event_terms (
  term TEXT NOT NULL,
  block INTEGER NOT NULL,
  PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;
INSERT INTO event_blocks SELECT (seq - 1) / 256, min(wall_ms), max(wall_ms) FROM events GROUP BY 1 HAVING max(seq) % 256 = 0;
INSERT OR IGNORE INTO event_terms SELECT 'door ' || door, (seq - 1) / 256 FROM events WHERE door IS NOT NULL;
INSERT OR IGNORE INTO event_terms SELECT 'reader ' || reader, (seq - 1) / 256 FROM events WHERE reader IS NOT NULL;
INSERT OR IGNORE INTO event_terms SELECT 'kind ' || kind, (seq - 1) / 256 FROM events;
INSERT OR IGNORE INTO event_terms SELECT 'reason ' || reason, (seq - 1) / 256 FROM events WHERE reason IS NOT NULL;
`;
