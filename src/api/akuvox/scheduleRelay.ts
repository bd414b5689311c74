/**
 * Access as Akuvox writes it, `1001-13;1002-2;`: schedule 1001 (always) at the doors numbered 1 and 3, schedule 1002
 * (never) at 2. Each part is one access right of ours with an id that says the same, made when it is first needed.
 */
import type { AccessRight } from '../../core/model.js';

export interface RelayDoor {
  readonly id: string;
  readonly number: number | string;
}

const builtIn = new Map([
  ['1001', 'always'],
  ['1002', 'never'],
]);
const rightPattern = /^relay-(\d{1,9})-([1-9]{1,9})$/;

/** Schedule and doors of each part; undefined = not such a text, or a door number that is not there. */
export function relayRightsOf(
  text: string,
  doors: readonly RelayDoor[],
  hasSchedule: (id: string) => boolean,
): readonly AccessRight[] | undefined {
  const parts = text
    .split(/[;,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const rights: AccessRight[] = [];
  for (const part of parts) {
    const [, number, relays = ''] = /^(\d{1,9})-([1-9]{1,9})$/.exec(part) ?? [];
    if (number === undefined || new Set(relays).size !== relays.length) return undefined;
    const schedule = builtIn.get(number) ?? number;
    const named = [...relays].map((relay) => doors.find((door) => String(door.number) === relay));
    if (named.includes(undefined) || (!builtIn.has(number) && !hasSchedule(schedule))) return undefined;
    const found = named.filter((door) => door !== undefined);
    rights.push({
      id: `relay-${number}-${relays}`,
      name: `Schedule ${number}, relays ${relays}`,
      doors: found.map(({ id }) => ({ door: id, schedule })),
    });
  }
  return rights;
}

/** The text of a user's access rights; what has no words in it is left out. */
export function scheduleRelayOf(
  rights: readonly string[],
  find: (id: string) => AccessRight | undefined,
  doors: readonly RelayDoor[],
): string {
  const parts = rights.flatMap((id) => {
    const [, schedule, relays] = rightPattern.exec(id) ?? [];
    if (schedule !== undefined) return [`${schedule}-${relays}`];
    return partsOf(find(id), doors);
  });
  return [...new Set(parts)].map((part) => `${part};`).join('');
}

function partsOf(right: AccessRight | undefined, doors: readonly RelayDoor[]): readonly string[] {
  const bySchedule = new Map<string, string>();
  for (const { door, schedule } of right?.doors ?? []) {
    const number = String(doors.find(({ id }) => id === door)?.number ?? '');
    const named = [...builtIn].find(([, name]) => name === schedule)?.[0] ?? schedule;
    if (/^[1-9]$/.test(number) && /^\d{1,9}$/.test(named))
      bySchedule.set(named, (bySchedule.get(named) ?? '') + number);
  }
  return [...bySchedule].map(([schedule, relays]) => `${schedule}-${[...relays].sort().join('')}`);
}
