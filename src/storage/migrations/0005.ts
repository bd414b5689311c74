/** Schema 5: PINs that serve together with the user's card only. */
export const migration0005 = `
ALTER TABLE credentials ADD COLUMN with_card INTEGER NOT NULL DEFAULT 0;
`;
