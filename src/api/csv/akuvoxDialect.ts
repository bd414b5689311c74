/** The columns of an Akuvox user export: a section line, then the header, its cells perhaps padded with spaces. */
import type { StoredCredential } from '../../core/management.js';
import type { AccessRight } from '../../core/model.js';
import { hexSecret } from '../akuvox/normalise.js';
import { type RelayDoor, scheduleRelayOf } from '../akuvox/scheduleRelay.js';
import { listCell, listOf } from './cells.js';
import { codesOf } from './sallyportDialect.js';
import {
  type CardCell,
  type CellFault,
  type Dialect,
  keptPin,
  lineReader,
  type UserLine,
} from './userRow.js';

const columns = [
  'ID',
  'UserId',
  'Name',
  'WebRelay',
  'Floor',
  'Schedule-Relay',
  'Schedule-SRelay',
  'PinCode',
  'CardCode',
  'BlePinCode',
  'BlePinCodeGenTime',
  'BleKeyID',
  'BleStatus',
  'LicensePlateCode',
  'LicensePlateStartTime',
  'LicensePlateEndTime',
  'LicensePlateLongTermEnable',
  'RelayScheduleActivationPermission',
] as const;

/** `rights` finds an access right; `doors` are those with a number. */
export function akuvoxDialect(
  rights: (id: string) => AccessRight | undefined,
  doors: readonly RelayDoor[],
): Dialect {
  return {
    columns,
    preamble: [['UserData', ...columns.slice(1).map(() => '')]],
    needed: ['UserId', 'Name'],
    write: (user, credentials, index) => {
      const cells: Partial<Record<(typeof columns)[number], string>> = {
        ID: String(index),
        UserId: user.id,
        Name: user.name,
        WebRelay: '0',
        'Schedule-Relay': scheduleRelayOf(user.accessRights, rights, doors),
        PinCode: credentials.some(({ kind }) => kind === 'pin') ? keptPin : '',
        CardCode: cardCodes(credentials),
        LicensePlateCode: listCell(codesOf(credentials)),
      };
      return columns.map((column) => cells[column] ?? '');
    },
    read,
  };
}

/** Active cards only: the dialect has no word for a lost one. */
export function cardCodes(credentials: readonly StoredCredential[]): string {
  return credentials
    .filter(({ kind, status }) => kind === 'card' && status === 'active')
    .map(({ secret }) => secret.padStart(8, '0'))
    .sort()
    .join(';');
}

function read(cells: ReadonlyMap<string, string>): UserLine | readonly CellFault[] {
  const line = lineReader(cells);
  const list = (cell: string) =>
    cell
      .split(/[;,]/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
  const pin = line.pin('PinCode');
  const codes = line.codes('LicensePlateCode', listOf);
  const cell = cells.get('CardCode');
  const cards = cell === undefined ? undefined : list(cell).map((code) => hexSecret(code));
  if (cards?.includes(undefined) === true) line.fault('CardCode', 'is hexadecimal card numbers, ; between');
  const scheduleRelay = cells.get('Schedule-Relay');
  const read: UserLine = {
    id: line.id('UserId'),
    fields: { name: line.name('Name') },
    clears: [],
    ...(cards === undefined ? {} : { cards: cards.flatMap(activeCard), activeCards: true as const }),
    ...(pin === undefined ? {} : { pin }),
    ...(codes === undefined ? {} : { codes }),
    ...(scheduleRelay === undefined ? {} : { scheduleRelay }),
  };
  return line.faults.length > 0 ? line.faults : read;
}

function activeCard(hex: string | undefined): readonly CardCell[] {
  return hex === undefined ? [] : [{ status: 'active', hex }];
}
