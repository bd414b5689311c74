/**
 * Schema 7: changes of many zone records that stand in the log and are still being carried out, one a zone: they hold
 * for every record with a lower number at once, and rewrite the rows in slices. `users` has a line feed around each id.
 */
export const migration0007 = `
CREATE TABLE zone_sweeps (
  zone INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  marked TEXT NOT NULL,
  users TEXT,
  record TEXT,
  made TEXT NOT NULL
) STRICT;
`;
