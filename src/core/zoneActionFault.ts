import type { Signal, ZoneAction } from './model.js';
import type { ZoneFault, ZoneSurroundings } from './zoneFault.js';

/** Durations and counts of actions are 16 bit (Suprema action). */
const UINT16_MAX = 0xffff;
const STEPS_MAX = 3;
const URL_MAX = 1_024;

/** The first wrong action of a list, a zone's or a door's; `field` is what the list is called. */
export function actionFault(
  actions: readonly ZoneAction[] = [],
  around: Omit<ZoneSurroundings, 'zoneOf'>,
  field = 'actions',
): ZoneFault | undefined {
  if (actions.length > 5) return { field, message: `has ${actions.length}: may have 5` };
  for (const [index, action] of actions.entries()) {
    const wrong = wrongField(action, around);
    if (wrong !== undefined) return { field: `${field}.${index}.${wrong[0]}`, message: wrong[1] };
  }
  return undefined;
}

type Wrong = readonly [field: string, message: string];

function wrongField(action: ZoneAction, around: Omit<ZoneSurroundings, 'zoneOf'>): Wrong | undefined {
  if (!isUint16(action.delayMs)) return ['delayMs', sixteenBits];
  switch (action.kind) {
    case 'output':
      if (!around.hasOutput(action.output)) return ['output', `there is no output ${action.output}`];
      return signalFault(action.signal);
    case 'led':
    case 'buzzer':
      if (around.doorOf(action.reader) === undefined)
        return ['reader', `there is no reader ${action.reader}`];
      return patternFault(action.pattern);
    case 'lock-door':
    case 'unlock-door':
      return around.hasDoor(action.door) ? undefined : ['door', `there is no door ${action.door}`];
    case 'release-alarm':
      return undefined;
    case 'url':
      return /^https?:\/\/[^\s/?#]+\S*$/i.test(action.url) && action.url.length <= URL_MAX
        ? undefined
        : ['url', `must be an http or https address of at most ${URL_MAX} characters`];
  }
}

function signalFault(signal: Signal): Wrong | undefined {
  const { count, onMs, offMs } = signal;
  if (count === 0 && onMs + offMs === 0) return ['signal', 'repeats for ever and takes no time'];
  return numbersFault('signal', signal, ['count', 'onMs', 'offMs', 'delayMs']);
}

function patternFault(
  pattern: Extract<ZoneAction, { kind: 'led' | 'buzzer' }>['pattern'],
): Wrong | undefined {
  const { count, steps } = pattern;
  if (!isUint16(count)) return ['pattern.count', sixteenBits];
  if (steps.length === 0 || steps.length > STEPS_MAX)
    return ['pattern.steps', `has ${steps.length} steps: may have 1 to ${STEPS_MAX}`];
  for (const [index, step] of steps.entries()) {
    const wrong = numbersFault(`pattern.steps.${index}`, step, ['durationMs', 'delayMs']);
    if (wrong !== undefined) return wrong;
  }
  if (count === 0 && steps.every(({ durationMs, delayMs }) => durationMs + delayMs === 0))
    return ['pattern.steps', 'repeats for ever and takes no time'];
  return undefined;
}

function numbersFault<K extends string>(
  field: string,
  of: Readonly<Record<K, number>>,
  names: readonly K[],
): Wrong | undefined {
  const name = names.find((one) => !isUint16(of[one]));
  return name === undefined ? undefined : [`${field}.${name}`, sixteenBits];
}

const sixteenBits = `must be a whole number, 0 to ${UINT16_MAX}`;

function isUint16(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= UINT16_MAX;
}
