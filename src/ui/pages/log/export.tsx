/** The log as a CSV file, made page by page while it is read, so that its length does not matter to the controller. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { number, t } from '../../i18n.js';
import type { Event, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { saveFile } from '../../parts/download.js';
import { say } from '../../parts/toast.js';
import { doorName, readerName } from '../../site.js';

const columns = [
  'seq',
  'at',
  'kind',
  'user',
  'userName',
  'door',
  'reader',
  'zone',
  'credential',
  'reason',
  'by',
  'hash',
];
const rowsAtOnce = 1_000;

export function Export({ filters, newest }: { readonly filters: string; readonly newest: number }) {
  const [rows, setRows] = useState<number>();
  const run = async () => {
    const made = await write(filters, newest, setRows);
    setRows(undefined);
    if (made !== undefined) saveFile(made, 'sallyport-log.csv');
  };
  return (
    <Button icon="download" onClick={run}>
      {rows === undefined ? t('log.export') : t('log.exporting', { count: number(rows) })}
    </Button>
  );
}

async function write(
  filters: string,
  newest: number,
  told: (rows: number) => void,
): Promise<Blob | undefined> {
  const parts = [`${columns.join(',')}\r\n`];
  let count = 0;
  for (let before: number | undefined = newest + 1; before !== undefined; ) {
    const path: string = `/api/v1/events?limit=${rowsAtOnce}&before=${before}${filters === '' ? '' : `&${filters}`}`;
    const answer = await ask<Page<Event>>('GET', path);
    if (!answer.ok) {
      say(answer.problem.detail, true);
      return undefined;
    }
    parts.push(answer.value.items.map(lineOf).join(''));
    count += answer.value.items.length;
    told(count);
    before = answer.value.next === undefined ? undefined : Number(answer.value.next);
  }
  return new Blob(parts, { type: 'text/csv' });
}

function lineOf(event: Event): string {
  const { seq, at, kind, user, userName, door, reader, zone, credential, reason, by, hash } = event;
  const cells = [
    seq,
    at,
    kind,
    user,
    userName,
    door === undefined ? undefined : doorName(door),
    reader === undefined ? undefined : readerName(reader),
    zone,
    credential?.label,
    reason,
    by?.operator ?? by?.source ?? by?.kind,
    hash,
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Quoted where needed; what a spreadsheet would take for a formula is told to be text (OWASP, CSV injection). */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
