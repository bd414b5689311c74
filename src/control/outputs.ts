import type { Hardware, LineName, OutputRequest } from '../../hardware/ports.js';
import type { DoorId, OutputId } from '../core/model.js';

/** The relay of one door's lock. */
export interface LockWiring {
  readonly door: DoorId;
  readonly relay: LineName;
  /** The relay board energises its relay by a low level. */
  readonly activeLow: boolean;
  /**
   * `fail-secure` (most strikes): energised = unlocked, without power it stays locked.
   * `fail-safe` (maglocks): energised = locked, without power it opens.
   */
  readonly failMode: 'fail-secure' | 'fail-safe';
}

/** An output that belongs to no door: a lamp, a sign, a siren. */
export interface ZoneOutputWiring {
  readonly id: OutputId;
  readonly line: LineName;
  readonly activeLow: boolean;
}

export type OutputResult = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface Outputs {
  /** Locks or unlocks a door. A board that refuses is a failure value, not an exception. */
  setUnlocked(door: DoorId, unlocked: boolean): OutputResult;
  /** An output that belongs to no door. */
  setOutput(output: OutputId, active: boolean): OutputResult;
  /** Locks every door, which energises the fail-safe locks; the failures by door. */
  lockAll(): ReadonlyMap<DoorId, string>;
  /** Releases every relay: fail-secure locks are locked then, fail-safe locks are unlocked. Never throws. */
  close(): void;
}

/** The outputs to ask of the board. */
export function outputsOf(
  locks: readonly LockWiring[],
  outputs: readonly ZoneOutputWiring[],
): readonly OutputRequest[] {
  return [
    ...locks.map(({ relay, activeLow }) => ({ line: relay, activeLow })),
    ...outputs.map(({ line, activeLow }) => ({ line, activeLow })),
  ];
}

/**
 * Door to relay. A board opens with every relay released, and so this starts: fail-secure locks locked, fail-safe
 * locks unlocked until `lockAll`, which belongs right before the core's first effects.
 */
export function createOutputs(
  locks: readonly LockWiring[],
  outputs: readonly ZoneOutputWiring[],
  hardware: Pick<Hardware, 'setActive'>,
): Outputs {
  const lockOf = new Map(locks.map((lock) => [lock.door, lock]));
  const lineOf = new Map(outputs.map(({ id, line }) => [id, line]));

  const setUnlocked = (door: DoorId, unlocked: boolean): OutputResult => {
    const lock = lockOf.get(door);
    if (lock === undefined) return { ok: false, error: `door ${door}: no lock is wired` };
    return drive(lock.relay, unlocked === (lock.failMode === 'fail-secure'));
  };

  const setOutput = (output: OutputId, active: boolean): OutputResult => {
    const line = lineOf.get(output);
    if (line === undefined) return { ok: false, error: `output ${output}: no line is wired` };
    return drive(line, active);
  };

  const drive = (line: LineName, active: boolean): OutputResult => {
    try {
      hardware.setActive(line, active);
      return { ok: true };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  };

  return {
    setUnlocked,
    setOutput,
    lockAll() {
      const failures = new Map<DoorId, string>();
      for (const { door } of locks) {
        const result = setUnlocked(door, false);
        if (!result.ok) failures.set(door, result.error);
      }
      return failures;
    },
    close() {
      for (const line of [...locks.map(({ relay }) => relay), ...lineOf.values()]) drive(line, false);
    },
  };
}
