/** How an action runs: on or off at each moment, as its delays, counts and durations say. */
import type { ReaderPattern, Signal, ZoneAction } from './model.js';

/** An action at one moment: is it on, when does that change next (ms after its start), is it over? */
export interface Level {
  readonly active: boolean;
  readonly nextMs?: number;
  readonly over: boolean;
}

/** Where an action stands `sinceMs` after it was set going. */
export function levelOf(action: ZoneAction, sinceMs: number): Level {
  const atMs = sinceMs - action.delayMs;
  if (atMs < 0) return { active: false, nextMs: action.delayMs, over: false };
  const level = startedLevel(action, atMs);
  return level.nextMs === undefined ? level : { ...level, nextMs: level.nextMs + action.delayMs };
}

function startedLevel(action: ZoneAction, atMs: number): Level {
  switch (action.kind) {
    case 'output':
      return cycleLevel(
        action.signal.count,
        phasesOf(action.signal),
        atMs - action.signal.delayMs,
        action.signal.delayMs,
      );
    case 'led':
      return cycleLevel(
        action.pattern.count,
        stepsOf(action.pattern, ({ color }) => color !== 'off'),
        atMs,
        0,
      );
    case 'buzzer':
      return cycleLevel(
        action.pattern.count,
        stepsOf(action.pattern, ({ tone }) => tone !== 'off'),
        atMs,
        0,
      );
    // Stand until they are stopped.
    case 'lock-door':
    case 'unlock-door':
      return { active: true, over: false };
    case 'release-alarm':
    case 'url':
      return { active: true, over: true };
  }
}

interface Phase {
  readonly active: boolean;
  readonly ms: number;
}

function phasesOf({ onMs, offMs }: Signal): readonly Phase[] {
  return [
    { active: true, ms: onMs },
    { active: false, ms: offMs },
  ];
}

function stepsOf<Step>({ steps }: ReaderPattern<Step>, isOn: (step: Step) => boolean): readonly Phase[] {
  return steps.flatMap((step) => [
    { active: false, ms: step.delayMs },
    { active: isOn(step), ms: step.durationMs },
  ]);
}

/** Where a repeated pattern stands. `offsetMs` is added to the times it gives. */
function cycleLevel(count: number, phases: readonly Phase[], atMs: number, offsetMs: number): Level {
  if (atMs < 0) return { active: false, nextMs: offsetMs, over: false };
  const cycleMs = phases.reduce((sum, { ms }) => sum + ms, 0);
  if (cycleMs === 0 || (count > 0 && atMs >= count * cycleMs)) return { active: false, over: true };
  let endMs = atMs - (atMs % cycleMs);
  const phase = phases.find(({ ms }) => {
    endMs += ms;
    return atMs < endMs;
  });
  return { active: phase?.active === true, nextMs: endMs + offsetMs, over: false };
}
