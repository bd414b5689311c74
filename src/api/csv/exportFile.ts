/** All users as a CSV file, a page at a time, at the speed of whoever reads it. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Context } from '../context.js';
import { safeCell } from './cells.js';
import type { Dialect } from './userRow.js';

const pageUsers = 100;

/** Writes the file; ends early, without a word, when the reader goes away. */
export async function exportUsers(context: Context, dialect: Dialect, to: Writable): Promise<void> {
  const { reads } = context;
  let closed = false;
  to.once('close', () => {
    closed = true;
  });
  const put = async (rows: readonly (readonly string[])[]): Promise<void> => {
    const text = stringify(rows.map((row) => row.map(safeCell)) as string[][], { record_delimiter: '\r\n' });
    if (!to.write(text) && !closed) await Promise.race([once(to, 'drain'), once(to, 'close')]);
  };
  await put([...dialect.preamble, dialect.columns]);
  let index = 0;
  for (let after: string | undefined; !closed; ) {
    const page = reads.list('users', { limit: pageUsers, ...(after === undefined ? {} : { after }) });
    const rows = page.items.map(({ body }) => {
      const owned = reads.list('credentials', { user: body.id, limit: 1_000 }).items;
      index += 1;
      return dialect.write(
        body,
        owned.map((one) => one.body),
        index,
      );
    });
    if (rows.length > 0) await put(rows);
    if (page.next === undefined) break;
    after = page.next;
    await new Promise(setImmediate);
  }
  to.end();
}
