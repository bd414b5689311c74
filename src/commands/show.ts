/** What the controller answered, for people as a table, for scripts as JSON. */

/** Columns of a table: a heading, and how a row says it. */
export type Columns = readonly (readonly [
  heading: string,
  cell: (row: Readonly<Record<string, unknown>>) => unknown,
])[];

/** Rows under headings, as wide as they are and at least as `least` says. Control characters could play with the terminal: they are shown as `?`. */
export function tableOf(
  columns: Columns,
  rows: readonly Readonly<Record<string, unknown>>[],
  least: readonly number[] = [],
  headed = true,
): string {
  const lines = [
    ...(headed ? [columns.map(([heading]) => heading)] : []),
    ...rows.map((row) => columns.map(([, cell]) => textOf(cell(row)))),
  ];
  const widths = columns.map((_, column) =>
    Math.max(least[column] ?? 0, ...lines.map((line) => [...(line[column] ?? '')].length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One thing, a field a line. */
export function fieldsOf(thing: unknown): string {
  if (typeof thing !== 'object' || thing === null) return textOf(thing);
  const entries = Object.entries(thing);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}`).join('\n');
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return printable(value.join(', '));
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** `name=value` pairs as a body: JSON where the value is JSON, else text. Throws for a word without `=`. */
export function bodyOf(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`${pair}: write it as field=value`);
      return [pair.slice(0, at), typedValue(pair.slice(at + 1))];
    }),
  );
}

function typedValue(text: string): unknown {
  if (/^(true|false|null|-?\d+(\.\d+)?|[[{"].*)$/s.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}
