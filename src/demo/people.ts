/** Who lives in the demo site: three people with cards, a hard zone, and a sender for OpenDoor requests. */
import { createHash } from 'node:crypto';
import type { StoredSource, WriteOp } from '../core/management.js';

/** A card as printed. */
export interface DemoCard {
  readonly facility: number;
  readonly number: number;
}

/** The card that the printed commands use. */
export const annsCard: DemoCard = { facility: 25, number: 4822 };

const people: readonly { readonly id: string; readonly name: string; readonly card: DemoCard }[] = [
  { id: 'ann', name: 'Ann', card: annsCard },
  { id: 'bob', name: 'Bob', card: { facility: 25, number: 4823 } },
  { id: 'sue', name: 'Sue', card: { facility: 25, number: 4824 } },
];

const doors = ['lobby', 'garage'] as const;

/** The sender's login name; its password is made at each start. */
const sourceName = 'demo';
/** RFC 7616: the HA1 values are bound to the realm, which OpenDoor offers as its vendors do. */
const realm = 'HTTPAPI';

/** The payload of an H10301 card as `StoredCredential.secret` keeps it: hex without leading zeros, even digits. */
export function cardSecret({ facility, number }: DemoCard): string {
  const hex = (facility * 0x10000 + number).toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** The same payload as an OpenDoor `Code` in the format 8HN: eight hex digits. */
export function cardCode(card: DemoCard): string {
  return cardSecret(card).padStart(8, '0');
}

/** Everything but the sender: one transaction that fills an empty database. */
export function demoPeople(): readonly WriteOp[] {
  return [
    {
      op: 'put',
      collection: 'access-rights',
      id: 'all-doors',
      body: {
        id: 'all-doors',
        name: 'All doors',
        doors: doors.map((door) => ({ door, schedule: 'always' })),
      },
    },
    {
      op: 'put',
      collection: 'groups',
      id: 'staff',
      body: { id: 'staff', name: 'Staff', accessRights: ['all-doors'] },
    },
    ...people.flatMap(personOps),
    {
      op: 'put',
      collection: 'zones',
      id: '1',
      body: {
        id: 1,
        name: 'hq',
        type: 'hard',
        disabled: false,
        resetSeconds: 0,
        members: doors.flatMap((door) => [
          { reader: `${door}-in`, direction: 'entry' as const },
          { reader: `${door}-out`, direction: 'exit' as const },
        ]),
        bypassGroups: [],
      },
    },
  ];
}

function personOps({ id, name, card }: (typeof people)[number]): readonly WriteOp[] {
  return [
    {
      op: 'put',
      collection: 'users',
      id,
      body: {
        id,
        name,
        enabled: true,
        groups: ['staff'],
        accessRights: [],
        extendedUnlock: false,
        supervisor: false,
        note: '',
        urls: [],
      },
    },
    {
      op: 'put',
      collection: 'credentials',
      id: `${id}-card`,
      body: {
        id: `${id}-card`,
        user: id,
        kind: 'card',
        secret: cardSecret(card),
        bits: 24,
        format: 'H10301',
        facility: card.facility,
        number: String(card.number),
        status: 'active',
      },
    },
  ];
}

/**
 * The sender that may ask for both doors from this machine, with a password the caller has just made. Put in at
 * each start, so the password of the last start is void. No repeats are folded: the second identical request
 * shows the passback rule at once.
 */
export function demoSource(
  password: string,
): WriteOp & { readonly collection: 'sources'; readonly op: 'put' } {
  const secret = `${sourceName}:${realm}:${password}`;
  const body: StoredSource = {
    id: sourceName,
    name: 'Demo sender',
    enabled: true,
    addresses: ['127.0.0.1', '::1'],
    username: sourceName,
    ha1Md5: createHash('md5').update(secret).digest('hex'),
    ha1Sha256: createHash('sha256').update(secret).digest('hex'),
    schemes: ['digest-sha256', 'digest-md5', 'basic'],
    legacyForm: false,
    doors,
    direction: 'wire',
    numericMode: '1-2',
    codeFormat: '8HN',
    identifyBy: 'code',
    missingCode: 'refuse',
    repeatMs: 0,
  };
  return { op: 'put', collection: 'sources', id: sourceName, body };
}
