/** What OSDP readers show: told when it changes, when they come back, and again before it lapses. */
import type { ReaderSignal } from '../core/effects.js';
import type { ReaderId } from '../core/model.js';
import type { Command } from '../readers/osdp/commands.js';
import { againMs, againOf, backdropOf, commandsOf, type Profile } from '../readers/osdp/profiles.js';

export interface DisplayDeps {
  /** Undefined = not one of these readers. */
  readonly profileOf: (reader: ReaderId) => Profile | undefined;
  readonly send: (reader: ReaderId, command: Command) => void;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
}

export interface Displays {
  /** Also of a reader that is not there: it is told when it comes. */
  show(reader: ReaderId, signal: ReaderSignal): void;
  online(reader: ReaderId): void;
  offline(reader: ReaderId): void;
  close(): void;
}

export function createDisplays({ profileOf, send, setTimer }: DisplayDeps): Displays {
  const shown = new Map<ReaderId, ReaderSignal>();
  /** Of the readers that are online. */
  const timers = new Map<ReaderId, () => void>();
  const cancel = (reader: ReaderId): void => {
    timers.get(reader)?.();
    timers.delete(reader);
  };
  const sendAll = (reader: ReaderId, commands: readonly Command[]): void => {
    for (const command of commands) send(reader, command);
  };
  const tellAgain = (reader: ReaderId, profile: Profile): void => {
    cancel(reader);
    const run = () => {
      sendAll(reader, againOf(shown.get(reader) ?? 'normal', profile));
      tellAgain(reader, profile);
    };
    timers.set(reader, setTimer(run, againMs));
  };
  const tell = (reader: ReaderId, profile: Profile): void => {
    sendAll(reader, commandsOf(shown.get(reader) ?? 'normal', profile));
    if (timers.has(reader)) tellAgain(reader, profile);
  };
  return {
    show(reader, signal) {
      const profile = profileOf(reader);
      if (profile === undefined) return;
      shown.set(reader, signal);
      tell(reader, profile);
    },
    online(reader) {
      const profile = profileOf(reader);
      if (profile === undefined) return;
      sendAll(reader, backdropOf(profile));
      tellAgain(reader, profile);
      tell(reader, profile);
    },
    offline: cancel,
    close() {
      for (const reader of [...timers.keys()]) cancel(reader);
    },
  };
}
