/** The door log as the dialect reads it: newest first, ten a page, card numbers masked, times in UTC. */
import type { StoredEvent } from '../../core/management.js';
import type { Context } from '../context.js';
import type { Asked, Outcome } from './facadeCall.js';

const pageRows = 10;
/** Further back a client pages no more: the log has its own API for that. */
const rowsMax = 10_000;
const batchRows = 500;
const kinds = new Set(['access-granted', 'access-denied']);

/** Page N of what was granted and refused; a page past the end is empty, so that clients who walk find it. */
export function doorLog({ reads, site }: Context, { query }: Asked): Outcome {
  const page = pageOf(query);
  const status = query.get('Status');
  const wanted = (query.get('NameOrCode') ?? '').slice(0, 64).toLowerCase();
  const fits = (event: StoredEvent): boolean =>
    kinds.has(event.kind) &&
    (status === null || statusOf(event).startsWith(status.slice(0, 4))) &&
    (wanted === '' ||
      `${event.userName ?? ''} ${event.credential?.label ?? ''}`.toLowerCase().includes(wanted));
  const found: StoredEvent[] = [];
  const until = Math.min(page * pageRows, rowsMax);
  for (let before: number | undefined; found.length < until; ) {
    const bound = before === undefined ? {} : { before };
    const batch = reads.events({ order: 'desc', limit: batchRows, ...bound });
    found.push(...batch.filter(fits));
    before = batch.at(-1)?.seq;
    if (batch.length < batchRows) break;
  }
  const rows = page * pageRows > rowsMax ? [] : found.slice((page - 1) * pageRows, page * pageRows);
  const number = (door: string | undefined) => String(site.doors.find(({ id }) => id === door)?.number ?? '');
  const item = rows.map((event) => rowOf(event, number(event.door)));
  return { retcode: 0, data: { num: found.length, curPageNum: page, item } };
}

/** `page=N` from 1; anything else is the first. */
export function pageOf(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? 1);
  return Number.isInteger(page) && page > 0 && page <= 1_000_000 ? page : 1;
}

function statusOf({ kind }: StoredEvent): 'Success' | 'Failed' {
  return kind === 'access-granted' ? 'Success' : 'Failed';
}

function rowOf(event: StoredEvent, relay: string): object {
  const [date = '', time = ''] = new Date(event.wallMs).toISOString().slice(0, 19).split('T');
  const types: Readonly<Record<string, string>> = { card: 'Card', pin: 'PIN', code: 'QR Code' };
  return {
    ID: String(event.seq),
    Date: date,
    Time: time,
    Offset: '+00:00',
    UserID: event.user ?? '-',
    Name: event.userName ?? 'Unknown',
    Code: event.credential?.kind === 'pin' ? '' : (event.credential?.label ?? ''),
    Type: types[event.credential?.kind ?? ''] ?? 'HTTP',
    Relay: relay,
    Status: statusOf(event),
    Reason: event.reason ?? '',
  };
}
