/** Schema 3: marks of zone records; who is inside a zone, and the rows of a zone, without reading all of them. */
export const migration0003 = `
ALTER TABLE zone_records ADD COLUMN marks TEXT NOT NULL DEFAULT '';
CREATE INDEX zone_records_inside ON zone_records (zone, user) WHERE direction = 'entry';
CREATE INDEX events_zone ON events (zone, seq) WHERE zone IS NOT NULL;
`;
