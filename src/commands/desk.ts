/** What the commands share: where they print, whom they ask, how lists are walked. */
import type { Command } from 'commander';
import { type Local, localOf } from './local.js';
import { type Columns, fieldsOf, tableOf } from './show.js';

export interface Terminal {
  readonly out: (text: string) => void;
  /** Replaces the line of a progress bar; absent where nobody watches. */
  readonly progress?: (text: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

export interface Given {
  readonly data: string;
  readonly json?: boolean;
}

export interface Desk {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly data: readonly [flags: string, description: string, value: string];
}

export type Row = Readonly<Record<string, unknown>>;

export type Run = (
  local: Local,
  given: Given & Record<string, unknown>,
  terminal: Terminal,
  words: readonly string[],
) => Promise<void>;

export const id: Columns[number] = ['ID', (row) => row['id']];
export const name: Columns[number] = ['NAME', (row) => row['name']];

/** A command with the options all of them have. */
export function on({ data, terminal }: Desk, command: Command, run: Run): Command {
  return command
    .option(...data)
    .option('--json', 'for scripts: the answer as JSON')
    .action(async (...all: unknown[]) => {
      const given = command.opts() as Given & Record<string, unknown>;
      const words = all
        .slice(0, -2)
        .flat()
        .filter((word): word is string => typeof word === 'string');
      await run(localOf(given.data), given, terminal, words);
    });
}

/** One thing: a field a line, or JSON. */
export function say(terminal: Terminal, given: Given, thing: unknown): void {
  terminal.out(given.json === true ? JSON.stringify(thing ?? {}) : fieldsOf(thing));
}

/** What was done, for people; `{}` or the answer for scripts. */
export function tell(terminal: Terminal, given: Given, text: string, answer: unknown = {}): void {
  terminal.out(given.json === true ? JSON.stringify(answer) : text);
}

/** A time as people write it -> Unix milliseconds. */
export function momentOf(option: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new Error(`--${option} ${text}: write it as 2026-03-01T08:00:00Z`);
}

/** A part of a path. */
export function part(text: string | undefined): string {
  return encodeURIComponent(text ?? '');
}

/** Page after page; as JSON one thing a line, so that a script need not hold them all. `path` ends with its query. */
export async function list(
  local: Local,
  path: string,
  given: Given,
  terminal: Terminal,
  columns: Columns,
): Promise<void> {
  const rows: Row[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await local.ask({ method: 'GET', path: path + cursor });
    const page = body as { readonly items: readonly Row[]; readonly next?: string };
    if (given.json === true) for (const row of page.items) terminal.out(JSON.stringify(row));
    else rows.push(...page.items);
    if (page.next === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  if (given.json !== true) terminal.out(tableOf(columns, rows));
}
