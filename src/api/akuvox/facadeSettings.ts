/**
 * The settings of the dialect: a fixed list of keys, none of them secret. A door's name and how long its relay holds
 * can be set; the rest says how it is wired, and that is the site file's to say.
 */
import type { StoredDoor, WriteOp } from '../../core/management.js';
import { type Context, write } from '../context.js';
import { doorWrite, storedDoor } from '../doors.js';
import { type Asked, badParameter, fault, type Outcome } from './facadeCall.js';

const letters = ['A', 'B', 'C', 'D'];
const relayPrefix = 'Config.DoorSetting.RELAY.';
const inputPrefix = 'Config.DoorSetting.INPUT.';

type SiteDoor = Context['site']['doors'][number];

interface Setting {
  readonly key: string;
  readonly value: string;
  /** What to change in the stored door, and of which; absent = not to be changed here. */
  readonly change?: (text: string) => Partial<StoredDoor> | undefined;
  readonly door: SiteDoor;
}

/** The doors numbered 1 to 4, as the relays A to D of the dialect. */
export function relayDoors({
  site,
}: Context): readonly { readonly door: SiteDoor; readonly letter: string; readonly number: number }[] {
  return letters.flatMap((letter, index) =>
    site.doors
      .filter(({ number }) => number === index + 1)
      .map((door) => ({ door, letter, number: index + 1 })),
  );
}

function relaySettings(context: Context): readonly Setting[] {
  return relayDoors(context).flatMap(({ door, letter }): Setting[] => {
    const { body } = storedDoor(context, door);
    return [
      {
        key: `${relayPrefix}Name${letter}`,
        value: body.name,
        change: (name) => ({ name }),
        door,
      },
      {
        key: `${relayPrefix}HoldDelay${letter}`,
        value: String(Math.round(body.unlockMs / 1_000)),
        change: (text) => holdDelay(text, body),
        door,
      },
      { key: `${relayPrefix}Relay${letter}Mode`, value: '0', door },
    ];
  });
}

/** Whole seconds; a longer time for users who need it is never shorter than that of the others. */
function holdDelay(text: string, { extendedUnlockMs }: StoredDoor): Partial<StoredDoor> | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const unlockMs = Number(text) * 1_000;
  return { unlockMs, extendedUnlockMs: Math.max(extendedUnlockMs, unlockMs) };
}

function inputSettings(context: Context): readonly Setting[] {
  return relayDoors(context).flatMap(({ door, letter, number }): Setting[] => [
    { key: `${inputPrefix}InputEnable${letter}`, value: door.hasContact ? '1' : '0', door },
    { key: `${inputPrefix}InputRelay${letter}`, value: String(number), door },
  ]);
}

/** What a target may be asked for and told: its own keys, or with `config` all of them. */
function settingsOf(context: Context, target: string): readonly Setting[] {
  return [
    ...(target === 'input' ? [] : relaySettings(context)),
    ...(target === 'relay' ? [] : inputSettings(context)),
  ];
}

/** The keys asked for; one that is not on the list is an error, so that nobody takes silence for a value. */
export function getSettings(context: Context, { target, data }: Asked): Outcome {
  const known = new Map(settingsOf(context, target).map(({ key, value }) => [key, value]));
  const asked = data['item'];
  if (asked === undefined) return { retcode: 0, data: Object.fromEntries(known) };
  if (!Array.isArray(asked) || asked.length > 64) return badParameter;
  const keys = asked.map(String);
  if (!keys.every((key) => known.has(key))) return badParameter;
  return { retcode: 0, data: Object.fromEntries(keys.map((key) => [key, known.get(key)])) };
}

/** All or nothing. A value sent back as it is changes nothing, so that whoever sends the whole map may. */
export async function setSettings(context: Context, { target, data, by, source }: Asked): Promise<Outcome> {
  const known = new Map(settingsOf(context, target).map((setting) => [setting.key, setting]));
  const entries = Object.entries(data);
  if (entries.length === 0 || entries.length > 64) return badParameter;
  const changes = new Map<SiteDoor, Partial<StoredDoor>>();
  for (const [key, value] of entries) {
    const setting = known.get(key);
    if (setting === undefined || !['string', 'number'].includes(typeof value))
      return fault(key.slice(0, 64), 'is no setting');
    const text = String(value).trim();
    if (text === setting.value) continue;
    const change = setting.change?.(text);
    if (change === undefined)
      return fault(key, setting.change === undefined ? 'is set by the site file' : 'is whole seconds');
    if (!source.doors.includes(setting.door.id)) return { retcode: -3, message: 'Not Enable' };
    changes.set(setting.door, { ...changes.get(setting.door), ...change });
  }
  const ops: WriteOp[] = [];
  for (const [door, change] of changes) {
    const before = storedDoor(context, door);
    const { id: _id, ...behaviour } = before.body;
    const op = doorWrite(context, door, before, { ...behaviour, ...change });
    if ('problem' in op) return fault(door.id, op.problem.detail);
    ops.push(op);
  }
  if (ops.length === 0) return { retcode: 0 };
  const done = await write(context, by, ops);
  return 'problem' in done ? fault(undefined, done.problem.detail) : { retcode: 0 };
}
