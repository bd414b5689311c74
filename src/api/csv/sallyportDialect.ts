/**
 * Our own columns. Lists have `;` between; a card is `FORMAT:FACILITY:NUMBER` (with `:ISSUE` where it has one) or `hex:DIGITS`, with `!lost` and the
 * like behind it when it is not active; times are ISO 8601.
 */
import type { StoredCredential, StoredUser } from '../../core/management.js';
import { maskedUrl } from '../../core/outgoingUrl.js';
import { hexSecret } from '../akuvox/normalise.js';
import { listCell, listOf, timeCell, timeOfCell, truthOf } from './cells.js';
import {
  type CardCell,
  type CellFault,
  type Dialect,
  keptPin,
  lineReader,
  type UserLine,
} from './userRow.js';

const columns = [
  'id',
  'name',
  'enabled',
  'validFrom',
  'validUntil',
  'groups',
  'accessRights',
  'extendedUnlock',
  'supervisor',
  'note',
  'urls',
  'cards',
  'pin',
  'codes',
] as const;

export const sallyportDialect: Dialect = {
  columns,
  preamble: [],
  needed: ['id', 'name'],
  write: (user, credentials) => {
    const cells: Record<(typeof columns)[number], string> = {
      id: user.id,
      name: user.name,
      enabled: String(user.enabled),
      validFrom: timeCell(user.validFromMs),
      validUntil: timeCell(user.validUntilMs),
      groups: listCell(user.groups),
      accessRights: listCell(user.accessRights),
      extendedUnlock: String(user.extendedUnlock),
      supervisor: String(user.supervisor),
      note: user.note,
      urls: listCell(user.urls.map(maskedUrl)),
      cards: credentials
        .filter(({ kind }) => kind === 'card')
        .map(cardText)
        .sort()
        .join(';'),
      pin: credentials.some(({ kind }) => kind === 'pin') ? keptPin : '',
      codes: listCell(codesOf(credentials)),
    };
    return columns.map((column) => cells[column]);
  },
  read,
};

/** The texts of codes in a lasting order. */
export function codesOf(credentials: readonly StoredCredential[]): readonly string[] {
  return credentials
    .filter(({ kind }) => kind === 'code')
    .map(({ secret }) => secret)
    .sort();
}

function cardText({ format, facility, number, secret, status }: StoredCredential): string {
  const card =
    format === undefined || number === undefined ? `hex:${secret}` : `${format}:${facility ?? 0}:${number}`;
  return status === 'active' ? card : `${card}!${status}`;
}

type Fields = { -readonly [K in keyof StoredUser]?: StoredUser[K] };

function read(cells: ReadonlyMap<string, string>): UserLine | readonly CellFault[] {
  const line = lineReader(cells);
  const fields: Fields & { name: string } = { name: line.name('name') };
  for (const column of ['enabled', 'extendedUnlock', 'supervisor'] as const) {
    const cell = cells.get(column);
    if (cell === undefined || cell === '') continue;
    const truth = truthOf(cell);
    if (truth === undefined) line.fault(column, 'must be true or false');
    else fields[column] = truth;
  }
  const times = { validFrom: 'validFromMs', validUntil: 'validUntilMs' } as const;
  for (const column of ['validFrom', 'validUntil'] as const) {
    const cell = cells.get(column) ?? '';
    const wallMs = cell === '' ? undefined : timeOfCell(cell);
    if (cell !== '' && wallMs === undefined)
      line.fault(column, 'must be a date, or a time such as 2026-01-31T08:00:00Z');
    if (wallMs !== undefined) fields[times[column]] = wallMs;
  }
  if ((fields.validFromMs ?? 0) >= (fields.validUntilMs ?? Number.POSITIVE_INFINITY)) {
    line.fault('validUntil', 'must be after validFrom');
  }
  for (const column of ['groups', 'accessRights'] as const) {
    const cell = cells.get(column);
    if (cell === undefined) continue;
    const ids = [...new Set(listOf(cell))];
    if (ids.length > 64) line.fault(column, 'names more than 64');
    fields[column] = ids;
  }
  const note = cells.get('note');
  if (note !== undefined && (note.length > 1_000 || /\p{Cc}|\p{Cs}/u.test(note))) {
    line.fault('note', 'must be at most 1000 characters on one line');
  }
  if (note !== undefined) fields.note = note;
  const urls = cells.get('urls');
  if (urls !== undefined) fields.urls = urlsOf(urls, line.fault);
  const [cards, pin, codes] = [
    cardsOf(cells.get('cards'), line.fault),
    line.pin('pin'),
    line.codes('codes', listOf),
  ];
  const read: UserLine = {
    id: line.id('id'),
    fields,
    clears: (['validFrom', 'validUntil'] as const)
      .filter((one) => cells.get(one) === '')
      .map((one) => times[one]),
    ...(cards === undefined ? {} : { cards }),
    ...(pin === undefined ? {} : { pin }),
    ...(codes === undefined ? {} : { codes }),
  };
  return line.faults.length > 0 ? line.faults : read;
}

type Fault = (column: string, message: string) => undefined;

function urlsOf(cell: string, fault: Fault): readonly string[] {
  const urls = listOf(cell);
  const bad =
    urls.length > 10 ||
    urls.some((url) => url.length > 1_024 || !/^https?:\/\//.test(url) || !URL.canParse(url));
  if (bad) fault('urls', 'must be up to 10 http:// or https:// URLs');
  return urls;
}

function cardsOf(cell: string | undefined, fault: Fault): readonly CardCell[] | undefined {
  if (cell === undefined) return undefined;
  const texts = listOf(cell);
  const cards = texts.map(cardOfText);
  const wrong = cards.indexOf(undefined);
  if (wrong >= 0)
    fault('cards', `number ${wrong + 1} is no card: write H10301:25:4822 or hex:1912D6, !lost behind`);
  if (texts.length > 64) fault('cards', 'are more than 64');
  return cards.filter((card) => card !== undefined);
}

function cardOfText(text: string): CardCell | undefined {
  const [card = '', word = 'active', ...more] = text.split('!');
  const status = (['active', 'disabled', 'lost', 'stolen'] as const).find((one) => one === word);
  if (status === undefined || more.length > 0) return undefined;
  const digits = /^hex:([0-9a-f]{1,64})$/i.exec(card)?.[1];
  const hex = digits === undefined ? undefined : hexSecret(digits);
  if (hex !== undefined) return { status, hex };
  const [, format, facility, number, issue = '0'] =
    /^([\w.-]{1,32}):(\d{1,10}):(\d{1,78})(?::(\d{1,10}))?$/.exec(card) ?? [];
  if (format === undefined || number === undefined) return undefined;
  if (Number(facility) > 0xffff_ffff || Number(issue) > 0xffff_ffff) return undefined;
  return { status, format, facility: Number(facility), number, issue: Number(issue) };
}
