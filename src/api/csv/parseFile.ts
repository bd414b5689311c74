/** The bytes of a CSV file as lines by column, or the fault that ends the reading. Bounded in every direction. */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { plainCell } from './cells.js';
import type { Dialect } from './userRow.js';

export interface FileLine {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export interface LineFault {
  readonly line: number;
  readonly column?: string;
  readonly message: string;
}

/** A fault of the file itself: nothing after it can be trusted. */
export class FileFault extends Error {
  readonly fault: LineFault;
  constructor(fault: LineFault) {
    super(`line ${fault.line}: ${fault.message}`);
    this.name = 'FileFault';
    this.fault = fault;
  }
}

const columnsMax = 64;
const recordMaxBytes = 64 * 1024;
/** The parser works through one piece in one go; whoever shares the thread waits so long. */
const pieceBytes = 8 * 1024;

/** Every line after the header. Throws a `FileFault` for bytes that are no CSV of this dialect. */
export async function* linesOf(bytes: Buffer, dialect: Dialect): AsyncGenerator<FileLine> {
  if (!isUtf8(bytes)) throw new FileFault({ line: badUtf8Line(bytes), message: 'is not UTF-8' });
  const parser = Readable.from(pieces(bytes)).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: recordMaxBytes,
    }),
  );
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const line = info.lines;
      if (record.length > columnsMax) {
        throw new FileFault({ line, message: `has ${record.length} columns; at most ${columnsMax}` });
      }
      if (header === undefined && isPreamble(record, dialect)) continue;
      if (header === undefined) header = headerOf(record, line, dialect);
      else yield { line, cells: cellsOf(record, header, line) };
    }
  } catch (error) {
    throw error instanceof CsvError ? new FileFault(faultOf(error)) : error;
  }
  if (header === undefined) throw new FileFault({ line: 1, message: 'is missing: there is no header' });
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function badUtf8Line(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    if (!isUtf8(bytes.subarray(from, end < 0 ? bytes.length : end))) return line;
    if (end < 0) break;
    from = end + 1;
  }
  return line;
}

function isPreamble(record: readonly string[], dialect: Dialect): boolean {
  return dialect.preamble.some(([first]) => first === record[0]?.trim());
}

function headerOf(record: readonly string[], line: number, dialect: Dialect): readonly string[] {
  const names = record.map((cell) => cell.trim());
  const fault = (message: string): never => {
    throw new FileFault({ line, message });
  };
  const unknown = names.find((name) => !dialect.columns.includes(name));
  if (unknown !== undefined)
    fault(`names a column that is not known: ${JSON.stringify(unknown.slice(0, 40))}`);
  if (new Set(names).size !== names.length) fault('names a column twice');
  const missing = dialect.needed.find((name) => !names.includes(name));
  if (missing !== undefined) fault(`lacks the column ${missing}`);
  return names;
}

function cellsOf(
  record: readonly string[],
  header: readonly string[],
  line: number,
): ReadonlyMap<string, string> {
  if (record.length !== header.length) {
    throw new FileFault({ line, message: `has ${record.length} columns, the header ${header.length}` });
  }
  return new Map(header.map((name, column) => [name, plainCell((record[column] ?? '').trim())]));
}

function faultOf(error: CsvError): LineFault {
  const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
  const texts: Readonly<Record<string, string>> = {
    CSV_MAX_RECORD_SIZE: `is longer than ${recordMaxBytes} bytes`,
    CSV_QUOTE_NOT_CLOSED: 'begins a quoted cell that never ends',
    CSV_INVALID_CLOSING_QUOTE: 'has text behind a closing quote',
    INVALID_OPENING_QUOTE: 'has a quote within a cell',
  };
  return { line, message: texts[error.code] ?? 'is no CSV' };
}
