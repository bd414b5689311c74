/** How values stand in the cells of our CSV files. Every function has its inverse: export, import, export is the same bytes. */

/** Cells that a spreadsheet would take for a formula (OWASP ASVS V1.2.10), and those that begin as our mark does. */
const dangerous = /^[=+\-@\t\r']/;

/** A cell no spreadsheet runs: the dangerous ones get an apostrophe in front. */
export function safeCell(value: string): string {
  return dangerous.test(value) ? `'${value}` : value;
}

/** What `safeCell` was given; a cell without our mark is itself. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && dangerous.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** Several values in one cell, `;` between, what would be mistaken percent-encoded. */
export function listCell(values: readonly string[]): string {
  return values
    .map((value) => value.replace(/[%;!]/g, (one) => encodeURIComponent(one).replace('!', '%21')))
    .join(';');
}

/** The values of a cell made by `listCell`, and of one written by hand: spaces around them are dropped. */
export function listOf(cell: string): readonly string[] {
  return cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '')
    .map((value) => value.replace(/%(25|3B|21)/gi, (one) => decodeURIComponent(one)));
}

/** Unix milliseconds as UTC text; empty = none. */
export function timeCell(wallMs: number | undefined): string {
  return wallMs === undefined ? '' : new Date(wallMs).toISOString();
}

/** `YYYY-MM-DD` (its beginning, UTC) or a whole ISO 8601 time with its offset; undefined = not one. */
export function timeOfCell(cell: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(cell)) return undefined;
  const wallMs = Date.parse(cell);
  return Number.isNaN(wallMs) || wallMs < 0 ? undefined : wallMs;
}

/** `true` or `false`; undefined = neither. */
export function truthOf(cell: string): boolean | undefined {
  const word = cell.toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return true;
  return ['false', 'no', '0'].includes(word) ? false : undefined;
}
