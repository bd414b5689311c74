/**
 * Schema 8: how far a change of many zone records is carried out, apart from what it is: the list of 10,000 users beside
 * it was read, and at times written, with each slice. One that is on its way begins again: twice makes what once does.
 */
export const migration0008 = `
CREATE TABLE zone_sweep_progress (
  zone INTEGER PRIMARY KEY,
  made TEXT NOT NULL
) STRICT;
ALTER TABLE zone_sweeps DROP COLUMN made;
`;
