/** A standing operator command that ends by itself (Suprema Door.Lock and Unlock with normalizeTimer). */
import { setFlag } from './lock.js';
import type { Json } from './log.js';
import type { BootId, DoorId, Instant } from './model.js';
import type { DoorState } from './state.js';
import type { Turn } from './turn.js';
import { addFact, addRow, setDoor } from './turn.js';

/** The operator's command at this door stands for `forMs`; undefined = until the next command. Durable. */
export function setTimer(turn: Turn, door: DoorId, forMs: number | undefined): void {
  const before = turn.state.doors.get(door)?.operatorUntilMonoMs;
  if (before === undefined && forMs === undefined) return;
  const until = forMs === undefined ? undefined : turn.at.monoMs + forMs;
  setDoor(turn, door, ({ operatorUntilMonoMs: _, ...rest }) =>
    until === undefined ? rest : { ...rest, operatorUntilMonoMs: until },
  );
  addFact(turn, factKey(door), until === undefined ? null : { boot: turn.state.boot, untilMonoMs: until });
}

/** Ends the commands whose time is over; the door is on its own again. */
export function endTimedCommands(turn: Turn): void {
  for (const [door, { operatorUntilMonoMs }] of turn.state.doors) {
    if (operatorUntilMonoMs === undefined || operatorUntilMonoMs > turn.at.monoMs) continue;
    setTimer(turn, door, undefined);
    setFlag(turn, door, 'operator', undefined);
    const detail = { command: 'normal', level: 'operator', cause: 'timer' };
    addRow(turn, { kind: 'door-command', door, by: { kind: 'system' }, detail });
  }
}

/** A timer after a start: another boot's cannot be compared and is over, for a door must not stay open by mistake. */
export function restoredTimer(
  facts: ReadonlyMap<string, Json>,
  door: DoorId,
  boot: BootId,
  at: Instant,
): Pick<DoorState, 'operatorUntilMonoMs'> {
  const fact = facts.get(factKey(door));
  if (fact === undefined || fact === null || typeof fact !== 'object') return {};
  const { boot: of, untilMonoMs } = fact as { readonly [key: string]: Json };
  const known = of === boot && typeof untilMonoMs === 'number';
  return { operatorUntilMonoMs: known ? untilMonoMs : at.monoMs };
}

function factKey(door: DoorId): string {
  return `door/${door}/operator-until`;
}
