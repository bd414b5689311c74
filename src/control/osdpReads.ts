/** Cards and keys of OSDP readers, by the formats each reader is configured for, and how often. */
import type { ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import type { BusEvent } from '../readers/osdp/events.js';
import { decode, labelOf, type WiegandFormat } from '../readers/wiegand/formats.js';
import { noPin, type PinEntry, pressKey } from '../readers/wiegand/keypad.js';

/** A card as it is looked up; `bits` absent = it came as characters, of any length. */
export interface OsdpCard {
  readonly secret: string;
  readonly bits?: number;
  readonly label: string;
}

export interface OsdpReadListener {
  card(reader: ReaderId, card: OsdpCard): void;
  /** Bits of a card, before they are read; true = they were wanted for something else and are no card. */
  learn(reader: ReaderId, bits: string): boolean;
  pin(reader: ReaderId, digits: string): void;
  unreadable(reader: ReaderId, fault: string, bits: number): void;
}

export interface OsdpReadWiring {
  readonly id: ReaderId;
  /** Names of formats. */
  readonly formats: readonly string[];
  /** How a card sent as characters is a number. */
  readonly text: 'decimal' | 'hex';
}

/** More bits than any credential here has: an event, never a card. */
const credentialBitsMax = 128;

/** How the line finds one reader. */
interface Polled {
  readonly id: ReaderId;
  readonly state: string;
  readonly counters: { readonly damaged: number };
}

export interface OsdpReads {
  /** True = it was a read. */
  hear(event: BusEvent): boolean;
  health(of: Polled): ReaderHealth;
}

export function createOsdpReads(
  wirings: readonly OsdpReadWiring[],
  on: OsdpReadListener,
  now: { readonly us: () => number; readonly wallMs: () => number },
  known: ReadonlyMap<string, WiegandFormat>,
): OsdpReads {
  const readers = new Map(
    wirings.map((wiring) => [
      wiring.id,
      {
        ...{ wiring, formats: formatsOf(wiring, known), entry: noPin as PinEntry },
        ...{ frames: 0, parityErrors: 0, lengthErrors: 0, lastSeenWallMs: undefined as number | undefined },
      },
    ]),
  );
  type Reader = NonNullable<ReturnType<typeof readers.get>>;

  const unreadable = (reader: Reader, fault: string, bits: number): void => {
    if (fault === 'parity') reader.parityErrors++;
    else reader.lengthErrors++;
    on.unreadable(reader.wiring.id, fault, bits);
  };
  const card = (reader: Reader, bits: string): void => {
    if (bits.length > credentialBitsMax) {
      unreadable(reader, 'too-long', bits.length);
      return;
    }
    if (on.learn(reader.wiring.id, bits)) return;
    const decoded = decode(bits, reader.formats);
    if (!decoded.ok) {
      unreadable(reader, decoded.error.kind, bits.length);
      return;
    }
    on.card(reader.wiring.id, { secret: decoded.secret, bits: decoded.bits, label: labelOf(decoded) });
    return;
  };
  const formatted = (reader: Reader, text: string): void => {
    const secret = secretOf(text, reader.wiring.text);
    if (secret === undefined) {
      unreadable(reader, 'characters', text.length * 8);
      return;
    }
    on.card(reader.wiring.id, { secret, label: `card ••${text.slice(-4).padStart(4, '0')}` });
    return;
  };
  const keys = (reader: Reader, event: BusEvent & { readonly kind: 'keys' }): void => {
    for (const key of event.keys) {
      const pressed = pressKey(reader.entry, key, now.us());
      reader.entry = pressed.entry;
      if (pressed.pin !== undefined) on.pin(reader.wiring.id, pressed.pin);
    }
  };
  return {
    hear(event) {
      const reader = readers.get(event.id);
      const isRead = ['card', 'formatted', 'keys', 'unreadable'].includes(event.kind);
      if (reader === undefined || !isRead) return isRead;
      reader.frames++;
      reader.lastSeenWallMs = now.wallMs();
      if (event.kind === 'card') card(reader, event.bits);
      if (event.kind === 'formatted') formatted(reader, event.text);
      if (event.kind === 'keys') keys(reader, event);
      if (event.kind === 'unreadable') unreadable(reader, event.fault, event.bits);
      return true;
    },
    health({ id, counters, state }) {
      const { frames = 0, parityErrors = 0, lengthErrors = 0, lastSeenWallMs } = readers.get(id) ?? {};
      const noise = counters.damaged;
      const counts = { id, frames, parityErrors, lengthErrors, noise, online: state === 'online' };
      return lastSeenWallMs === undefined ? counts : { ...counts, lastSeenWallMs };
    },
  };
}

function formatsOf(
  { id, formats }: OsdpReadWiring,
  known: ReadonlyMap<string, WiegandFormat>,
): readonly WiegandFormat[] {
  return formats.map((name) => {
    const format = known.get(name);
    if (format !== undefined) return format;
    throw new Error(`reader ${id}: no card format "${name}"; choose of: ${[...known.keys()].join(', ')}`);
  });
}

/** The number as credentials are kept: upper-case hex, no leading zeros, padded to an even count. */
function secretOf(text: string, kind: OsdpReadWiring['text']): string | undefined {
  const digits = text.trim();
  const good = kind === 'decimal' ? /^\d{1,38}$/ : /^[0-9a-fA-F]{1,32}$/;
  if (!good.test(digits)) return undefined;
  const value = BigInt(kind === 'decimal' ? digits : `0x${digits}`);
  const hex = value.toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
