/** What the dialect can be asked, by target and action. Whatever is not here has no handler. */
import type { ControlStatus } from '../../core/requests.js';
import type { Context } from '../context.js';
import { type Asked, badParameter, type Outcome } from './facadeCall.js';
import { doorLog } from './facadeLog.js';
import { createUserActions } from './facadeUsers.js';

export type FacadeActions = (asked: Asked) => Promise<Outcome>;

const notEnabled: Outcome = { retcode: -3, message: 'Not Enable' };
const noHandler: Outcome = { retcode: -1, message: 'No handlers for this request' };

type Handler = (asked: Asked) => Promise<Outcome> | Outcome;

/** What changes something, and hence must not come by GET. */
const changing = new Set(['relay/trig', 'user/add', 'user/set', 'user/del']);

export function createActions(context: Context): FacadeActions {
  const users = createUserActions(context);
  const handlers = new Map<string, Handler>([
    ['system/info', () => systemInfo(context)],
    ['system/status', () => systemStatus(context)],
    ['relay/status', () => relayStatus(context)],
    ['relay/get', () => relaySettings(context)],
    ['config/get', (asked) => config(context, asked)],
    ['relay/trig', (asked) => trigger(context, asked)],
    ['user/get', users.get],
    ['user/add', users.add],
    ['user/set', users.set],
    ['user/del', users.del],
    ['schedule/get', () => schedules(context)],
    ['doorlog/get', (asked) => doorLog(context, asked)],
  ]);
  return async (asked) => {
    const key = `${asked.target}/${asked.action}`;
    const handler = handlers.get(key);
    if (handler === undefined || (changing.has(key) && asked.method !== 'POST')) return noHandler;
    return handler(asked);
  };
}

function systemInfo({ version, now }: Context): Outcome {
  return {
    retcode: 0,
    data: {
      Status: {
        Model: 'Sallyport',
        MAC: '',
        FirmwareVersion: version,
        HardwareVersion: '1',
        Uptime: String(Math.floor(now().monoMs / 1_000)),
        WebLang: '0',
      },
      Lan: {},
      Account1: { Status: '0' },
    },
  };
}

function systemStatus({ now }: Context): Outcome {
  const { wallMs, monoMs } = now();
  const seconds = (ms: number) => String(Math.floor(ms / 1_000));
  return { retcode: 0, data: { SystemTime: seconds(wallMs), UpTime: seconds(monoMs) } };
}

const letters = ['A', 'B', 'C', 'D'];

async function relayStatus(context: Context): Promise<Outcome> {
  const reply = await context.control({ kind: 'status' });
  const status: ControlStatus | undefined = reply.kind === 'status' ? reply.status : undefined;
  const states = relayDoors(context).map(({ id, letter }) => {
    const door = status?.doors.find((one) => one.id === id);
    return [`Relay${letter}`, door?.state.unlocked === true ? 1 : 0];
  });
  return { retcode: 0, data: Object.fromEntries(states) };
}

/** The doors numbered 1 to 4, as the relays A to D of the dialect. */
function relayDoors({
  site,
}: Context): readonly { readonly id: string; readonly name: string; readonly letter: string }[] {
  return letters.flatMap((letter, index) =>
    site.doors.filter(({ number }) => number === index + 1).map(({ id, name }) => ({ id, name, letter })),
  );
}

/** A fixed list of harmless keys. */
function settingsOf(context: Context): Readonly<Record<string, string>> {
  const entries = relayDoors(context).flatMap(({ id, name, letter }): [string, string][] => {
    const seconds = Math.round((context.reads.get('doors', id)?.body.unlockMs ?? 5_000) / 1_000);
    return [
      [`Config.DoorSetting.RELAY.Name${letter}`, name],
      [`Config.DoorSetting.RELAY.HoldDelay${letter}`, String(seconds)],
      [`Config.DoorSetting.RELAY.Relay${letter}Mode`, '0'],
    ];
  });
  return Object.fromEntries(entries);
}

function relaySettings(context: Context): Outcome {
  return { retcode: 0, data: settingsOf(context) };
}

/** The keys asked for; one that is not on the list is an error, so that nobody takes silence for a value. */
function config(context: Context, { data }: Asked): Outcome {
  const known = settingsOf(context);
  const asked = data['item'];
  if (asked === undefined) return { retcode: 0, data: known };
  if (!Array.isArray(asked) || asked.length > 64) return badParameter;
  const keys = asked.map(String);
  if (!keys.every((key) => Object.hasOwn(known, key))) return badParameter;
  return { retcode: 0, data: Object.fromEntries(keys.map((key) => [key, known[key]])) };
}

/** An operator's release, logged as that; no zone is asked and none remembers. */
async function trigger(context: Context, { data, source, by }: Asked): Promise<Outcome> {
  const [number, mode] = [Number(data['num']), Number(data['mode'] ?? 0)];
  const door = context.site.doors.find((one) => one.number === number);
  if (door === undefined || mode !== 0) return badParameter;
  if (!source.doors.includes(door.id)) return notEnabled;
  const reply = await context.control({
    kind: 'door-command',
    door: door.id,
    command: 'release',
    level: 'operator',
    by,
  });
  const released = reply.kind === 'answer' && reply.answer.kind === 'released';
  const reason =
    reply.kind === 'answer' && reply.answer.kind === 'denied' ? reply.answer.reason : 'not-ready';
  return released ? { retcode: 0 } : { retcode: -5, message: 'Access Denied', data: { reason } };
}

function schedules({ reads }: Context): Outcome {
  const own = reads.list('schedules', { limit: 1_000 }).items.map(({ body }) => {
    const days = body.week
      .flatMap((windows, day) => (windows.length === 0 ? [] : [String(day + 1)]))
      .join('');
    const [first] = body.week.flat();
    return scheduleItem(body.id, body.name, days, first?.fromMinute ?? 0, first?.toMinute ?? 1_440);
  });
  const builtIn = [
    scheduleItem('1001', 'Always', '1234567', 0, 1_440),
    scheduleItem('1002', 'Never', '', 0, 0),
  ];
  const item = [...builtIn, ...own];
  return { retcode: 0, data: { num: item.length, curPageNum: 1, item } };
}

function scheduleItem(id: string, name: string, week: string, fromMinute: number, toMinute: number): object {
  const time = (minute: number) =>
    `${String(Math.floor(Math.min(minute, 1_439) / 60)).padStart(2, '0')}:${String(Math.min(minute, 1_439) % 60).padStart(2, '0')}`;
  return {
    ID: id,
    Name: name,
    Type: '1',
    SourceType: '1',
    Week: week,
    TimeStart: time(fromMinute),
    TimeEnd: time(toMinute),
  };
}
