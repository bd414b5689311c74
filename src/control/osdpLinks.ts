/** The links to OSDP readers as rows of the log: gone, back, alarms. What a cable does in between is in the counters. */
import type { Json } from '../core/log.js';
import type { Actor, ReaderId } from '../core/model.js';
import type { BusEvent } from '../readers/osdp/events.js';

export type ReaderReport =
  | 'reader-online'
  | 'reader-offline'
  | 'reader-alarm-on'
  | 'reader-alarm-off'
  | 'reader-service'
  | 'reader-notice';

export type TellReport = (
  reader: ReaderId,
  report: ReaderReport,
  detail: { readonly [key: string]: Json },
  by?: Actor,
) => void;

export interface Links {
  hear(event: BusEvent): void;
  /** Readers that were not heard of since the start are told as offline. */
  graceOver(readers: readonly ReaderId[]): void;
}

export function createLinks(report: TellReport): Links {
  const told = new Map<ReaderId, 'online' | 'offline'>();
  const tell = (reader: ReaderId, state: 'online' | 'offline', detail: { readonly [key: string]: Json }) => {
    if (told.get(reader) === state) return;
    told.set(reader, state);
    report(reader, `reader-${state}`, detail);
  };
  return {
    hear(event) {
      if (event.kind === 'state' && event.state === 'online')
        tell(event.id, 'online', { secure: event.secure });
      // Before it was online once it is only not there yet.
      if (event.kind === 'state' && event.state === 'offline' && told.has(event.id)) {
        tell(event.id, 'offline', {});
      }
      if (event.kind === 'alarm') {
        const { id, active, alarm, was, is } = event;
        report(id, active ? 'reader-alarm-on' : 'reader-alarm-off', {
          alarm,
          ...(was === undefined ? {} : { was: { ...was } }),
          ...(is === undefined ? {} : { is: { ...is } }),
        });
      }
      if (event.kind === 'power') {
        report(event.id, event.failed ? 'reader-alarm-on' : 'reader-alarm-off', { alarm: 'power' });
      }
      if (event.kind === 'odd-status') {
        const { status, bytes, announced } = event;
        report(event.id, 'reader-notice', { notice: 'status-length', status, bytes, announced });
      }
      if (event.kind === 'moved') {
        report(event.id, 'reader-service', { did: 'moved', address: event.address, baud: event.baud });
      }
    },
    graceOver(readers) {
      for (const reader of readers) if (!told.has(reader)) tell(reader, 'offline', {});
    },
  };
}
