/** The door log as the dialect reads it: newest first, ten a page, card numbers masked, times in UTC. */
import type { StoredEvent } from '../../core/management.js';
import type { Context } from '../context.js';
import { type Asked, badParameter, type Outcome } from './facadeCall.js';

const pageRows = 10;
/** Further back a client pages no more: the log has its own API for that. */
const rowsMax = 10_000;
const batchRows = 500;
/** Rows of the log that one call looks at; between batches the thread does other things. */
const lookedMax = 100_000;
/** What opened a door, or should have: as these devices log it, exit buttons and remote openings too. */
const kinds = new Set(['access-granted', 'access-denied', 'door-released', 'rex']);

/**
 * Page N of what opened doors or was refused, as `Status`, `TimeStart`, `TimeEnd` (UTC, as the rows are) and `NameOrCode`
 * ask; a page past the end is empty, so that clients who walk find it.
 */
export async function doorLog({ reads, site }: Context, { query }: Asked): Promise<Outcome> {
  const page = pageOf(query);
  const status = query.get('Status')?.slice(0, 4).toLowerCase();
  const [fromMs, toMs] = [momentOf(query.get('TimeStart'), 0), momentOf(query.get('TimeEnd'), 1)];
  if (fromMs === 'bad' || toMs === 'bad') return badParameter;
  const bounds = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
  const wanted = (query.get('NameOrCode') ?? '').slice(0, 64).toLowerCase();
  const fits = (event: StoredEvent): boolean =>
    kinds.has(event.kind) &&
    (status === undefined || statusOf(event).toLowerCase().startsWith(status)) &&
    (wanted === '' || `${nameOf(event)} ${event.credential?.label ?? ''}`.toLowerCase().includes(wanted));
  const found: StoredEvent[] = [];
  const until = Math.min(page * pageRows, rowsMax);
  let before: number | undefined;
  for (let looked = 0; found.length < until && looked < lookedMax; looked += batchRows) {
    const bound = before === undefined ? {} : { before };
    const batch = reads.eventPage({ order: 'desc', limit: batchRows, ...bounds, ...bound });
    found.push(...batch.items.filter(fits));
    before = batch.next;
    if (before === undefined) break;
    await new Promise(setImmediate);
  }
  const rows = page * pageRows > rowsMax ? [] : found.slice((page - 1) * pageRows, page * pageRows);
  const number = (door: string | undefined) => String(site.doors.find(({ id }) => id === door)?.number ?? '');
  const item = rows.map((event) => rowOf(event, number(event.door)));
  return { retcode: 0, data: { num: found.length, curPageNum: page, item } };
}

/** There are no calls here: an empty list, not an error, for clients that read every log. */
export function callLog({ query }: Asked): Outcome {
  return { retcode: 0, data: { num: 0, curPageNum: pageOf(query), item: [] } };
}

const dayMs = 86_400_000;

/** Unix seconds, a date, or a date and a time -> Unix ms; `endOf` 1 = behind what is named. */
function momentOf(text: string | null, endOf: 0 | 1): number | undefined | 'bad' {
  if (text === null || text.trim() === '') return undefined;
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000 + endOf * 1_000;
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?$/.exec(text.trim());
  if (match === null) return 'bad';
  const [, year, month, day, time = '00:00', seconds = ':00'] = match;
  const atMs = Date.parse(`${year}-${month}-${day}T${time}${seconds}Z`);
  if (!Number.isFinite(atMs)) return 'bad';
  if (match[4] === undefined) return atMs + endOf * dayMs;
  return atMs + endOf * (match[5] === undefined ? 60_000 : 1_000);
}

/** `page=N` from 1; anything else is the first. */
export function pageOf(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? 1);
  return Number.isInteger(page) && page > 0 && page <= 1_000_000 ? page : 1;
}

function statusOf({ kind }: StoredEvent): 'Success' | 'Failed' {
  return kind === 'access-denied' ? 'Failed' : 'Success';
}

/** Of a release, whose command it was. */
function nameOf({ kind, userName, by }: StoredEvent): string {
  if (userName !== undefined) return userName;
  if (kind !== 'door-released') return 'Unknown';
  if (by?.kind === 'operator') return by.operator;
  return by?.kind === 'source' ? by.source : 'Unknown';
}

/** What the sender said it had read, if one did; else what we read. */
function typeOf({ kind, credential, detail }: StoredEvent): string {
  if (kind === 'rex') return 'INPUT';
  const told = detail?.['unlockType'];
  if (typeof told === 'string') return told;
  const types: Readonly<Record<string, string>> = { card: 'Card', pin: 'PIN', code: 'QR Code' };
  return types[credential?.kind ?? ''] ?? 'HTTP';
}

function rowOf(event: StoredEvent, relay: string): object {
  const [date = '', time = ''] = new Date(event.wallMs).toISOString().slice(0, 19).split('T');
  return {
    ID: String(event.seq),
    Date: date,
    Time: time,
    Offset: '+00:00',
    UserID: event.user ?? '-',
    Name: nameOf(event),
    Code: event.credential?.kind === 'pin' ? '' : (event.credential?.label ?? ''),
    Type: typeOf(event),
    Relay: relay,
    Status: statusOf(event),
    Reason: event.reason ?? '',
  };
}
