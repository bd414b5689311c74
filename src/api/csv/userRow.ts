/**
 * One user with what he carries as one line of a file, in either dialect, and what a line asks for. A line says what
 * the user is to be; of columns that the file does not have, nothing is changed.
 */
import type { StoredCredential, StoredUser } from '../../core/management.js';

/** What a line says, checked by itself; absent = the file has no such column. */
export interface UserLine {
  readonly id: string;
  readonly fields: Partial<Omit<StoredUser, 'id'>> & { readonly name: string };
  /** The cell is there and empty: whatever was set is taken away. */
  readonly clears: readonly ('validFromMs' | 'validUntilMs')[];
  readonly cards?: readonly CardCell[];
  /** The dialect names active cards only: others stay as they are. */
  readonly activeCards?: true;
  /** Digits, `keep` what is stored, or none. */
  readonly pin?: string | 'keep' | 'none';
  readonly codes?: readonly string[];
  /** Access as Akuvox writes it; becomes access rights. */
  readonly scheduleRelay?: string;
}

export type CardCell = {
  readonly status: StoredCredential['status'];
} & (
  | { readonly hex: string }
  | { readonly format: string; readonly facility: number; readonly number: string; readonly issue: number }
);

export interface CellFault {
  readonly column: string;
  readonly message: string;
}

/** A file's dialect: its columns, how a user is written, how a line is read. */
export interface Dialect {
  readonly columns: readonly string[];
  /** Written before the header. */
  readonly preamble: readonly (readonly string[])[];
  /** Cells in the order of `columns`. `index` counts users from 1. */
  write(user: StoredUser, credentials: readonly StoredCredential[], index: number): readonly string[];
  /** The line read by the names of its columns, or every fault of it. */
  read(cells: ReadonlyMap<string, string>): UserLine | readonly CellFault[];
  /** Columns that must be there. */
  readonly needed: readonly string[];
}

/** A PIN is never written: this stands for one that is stored, and read back it keeps it. */
export const keptPin = '****';

const idPattern = /^[\w.:-]{1,64}$/;
const namePattern = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u;

/** Collects the faults of one line while its cells are read. */
export function lineReader(cells: ReadonlyMap<string, string>) {
  const faults: CellFault[] = [];
  const fault = (column: string, message: string): undefined => {
    faults.push({ column, message });
    return undefined;
  };
  return {
    faults,
    fault,
    id(column: string): string {
      const cell = cells.get(column) ?? '';
      if (!idPattern.test(cell)) fault(column, 'is 1 to 64 letters, digits and _ . : -');
      return cell;
    },
    name(column: string): string {
      const cell = cells.get(column) ?? '';
      if (!namePattern.test(cell)) fault(column, 'is 1 to 128 characters on one line');
      return cell;
    },
    pin(column: string): UserLine['pin'] {
      const cell = cells.get(column);
      if (cell === undefined) return undefined;
      if (cell === '') return 'none';
      if (/^\*+$/.test(cell)) return 'keep';
      return /^\d{2,8}$/.test(cell)
        ? cell
        : fault(column, 'is 2 to 8 digits, or **** to keep the one there is');
    },
    codes(column: string, list: (cell: string) => readonly string[]): readonly string[] | undefined {
      const cell = cells.get(column);
      if (cell === undefined) return undefined;
      const codes = list(cell);
      const bad = codes.length > 32 || codes.some((code) => code.length > 64 || !namePattern.test(code));
      return bad ? fault(column, 'must be up to 32 texts of at most 64 characters') : codes;
    },
  };
}
