/** Schema 4: the list of alarms. It is made of rows of the log as they are written; `key` names what lasts. */
export const migration0004 = `
CREATE TABLE alarms (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  ended INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL,
  body TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX alarms_lasting ON alarms (key) WHERE ended = 0;
CREATE INDEX alarms_open ON alarms (seq) WHERE ended = 0 OR acknowledged = 0;
`;
