/** Schema 2: supervisors and outgoing URLs of users; limited uses and duress of credentials. */
export const migration0002 = `
ALTER TABLE users ADD COLUMN supervisor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN urls TEXT NOT NULL DEFAULT '[]';
ALTER TABLE credentials ADD COLUMN uses_left INTEGER;
ALTER TABLE credentials ADD COLUMN duress INTEGER NOT NULL DEFAULT 0;
`;
