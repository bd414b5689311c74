/**
 * Keys of OSDP readers on their way: made here, kept as pending before they are sent, active once the reader has
 * proved them. One key at a time a reader: what is pending is sent again, never replaced, until its fate is known.
 */
import type { ReaderId } from '../core/model.js';
import type { BusEvent, Device, KeyFailure } from '../readers/osdp/events.js';
import { keyBytes } from '../readers/osdp/secure.js';
import type { KeyStore, ReaderKeys } from './osdpKeys.js';

export interface KeyingDeps {
  readonly keys: KeyStore;
  readonly random: (bytes: number) => Uint8Array;
  /** The key is on the disk: send it. */
  readonly stored: (reader: ReaderId, key: Uint8Array) => void;
  /** Install mode came to an end. */
  readonly ended: (reader: ReaderId, how: KeyEnd) => void;
}

export interface Keying {
  /** True = it was about keys. */
  hear(event: BusEvent): boolean;
  /** How the last new key of each reader ended in this run; who begins another one deletes it. */
  readonly ends: Map<ReaderId, KeyEnd>;
}

export type KeyEnd = 'keyed' | KeyFailure | 'not-stored';

export function createKeying({ keys, random, stored, ended: tell }: KeyingDeps): Keying {
  const ends = new Map<ReaderId, KeyEnd>();
  const ended = (reader: ReaderId, how: KeyEnd): void => {
    ends.set(reader, how);
    tell(reader, how);
  };
  const keep = (
    reader: ReaderId,
    change: (now: ReaderKeys) => ReaderKeys,
    done: (kept: ReaderKeys) => void,
  ): void => {
    keys.update(reader, change).then(done, () => ended(reader, 'not-stored'));
  };
  const want = (reader: ReaderId): void => {
    keep(
      reader,
      ({ entered: _, ...now }) => ({ ...now, pending: now.pending ?? random(keyBytes) }),
      ({ pending }) => {
        if (pending !== undefined) stored(reader, pending);
      },
    );
  };
  const prove = (reader: ReaderId): void => {
    keep(
      reader,
      ({ pending, active = pending }) => (active === undefined ? {} : { active: pending ?? active }),
      () => ended(reader, 'keyed'),
    );
  };
  const drop = (reader: ReaderId, why: KeyFailure): void => {
    keep(
      reader,
      ({ pending: _, entered: __, ...rest }) => rest,
      () => ended(reader, why),
    );
  };
  /** The device a key was proved by: another one later is an alarm. */
  const remember = (reader: ReaderId, device: Device): void => {
    keep(
      reader,
      (now) => (now.active === undefined ? now : { ...now, device }),
      () => undefined,
    );
  };
  return {
    ends,
    hear(event) {
      switch (event.kind) {
        case 'key-wanted':
          want(event.id);
          return true;
        case 'key-proved':
          prove(event.id);
          return true;
        case 'key-failed':
          if (event.why === 'time') ended(event.id, event.why);
          else drop(event.id, event.why);
          return true;
        case 'identity':
          remember(event.id, event.device);
          return true;
        default:
          return false;
      }
    },
  };
}
