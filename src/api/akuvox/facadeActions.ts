/** What the dialect can be asked, by target and action. Whatever is not here has no handler. */
import { networkInterfaces } from 'node:os';
import type { ControlStatus } from '../../core/requests.js';
import type { Context } from '../context.js';
import { type Asked, badParameter, type Outcome, text } from './facadeCall.js';
import { callLog, doorLog } from './facadeLog.js';
import { changeSchedules, getSchedules } from './facadeSchedules.js';
import { getSettings, relayDoors, setSettings } from './facadeSettings.js';
import { createUserActions } from './facadeUsers.js';

export type FacadeActions = (asked: Asked) => Promise<Outcome>;

const notEnabled: Outcome = { retcode: -3, message: 'Not Enable' };
const noHandler: Outcome = { retcode: -1, message: 'No handlers for this request' };

type Handler = (asked: Asked) => Promise<Outcome> | Outcome;

/** What changes something, and hence must not come by GET. */
const changing = new Set(['trig', 'add', 'set', 'del', 'clear']);

export function createActions(context: Context): FacadeActions {
  const users = createUserActions(context);
  const handlers = new Map<string, Handler>([
    ['system/info', () => systemInfo(context)],
    ['system/status', () => systemStatus(context)],
    ['relay/status', () => relayStatus(context)],
    ['relay/get', (asked) => getSettings(context, asked)],
    ['relay/set', (asked) => setSettings(context, asked)],
    ['input/get', (asked) => getSettings(context, asked)],
    ['input/set', (asked) => setSettings(context, asked)],
    ['config/get', (asked) => getSettings(context, asked)],
    ['config/set', (asked) => setSettings(context, asked)],
    ['relay/trig', (asked) => trigger(context, asked)],
    ['user/get', users.get],
    ['user/add', users.add],
    ['user/set', users.set],
    ['user/del', users.del],
    ['user/clear', users.clear],
    ['schedule/get', (asked) => getSchedules(context, asked)],
    ['schedule/add', (asked) => changeSchedules('add')(context, asked)],
    ['schedule/set', (asked) => changeSchedules('set')(context, asked)],
    ['schedule/del', (asked) => changeSchedules('del')(context, asked)],
    ['doorlog/get', (asked) => doorLog(context, asked)],
    ['calllog/get', callLog],
  ]);
  return async (asked) => {
    const key = `${asked.target}/${asked.action}`;
    const handler = handlers.get(key);
    if (handler === undefined || (changing.has(asked.action) && asked.method !== 'POST')) return noHandler;
    return handler(asked);
  };
}

function systemInfo({ version, now }: Context): Outcome {
  return {
    retcode: 0,
    data: {
      Status: {
        Model: 'Sallyport',
        MAC: macAddress(),
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

/** Of the first interface that leads outside; clients tell devices apart by it, and by `$mac` of what we send. */
function macAddress(): string {
  const outside = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return outside?.mac.toUpperCase() ?? '';
}

function systemStatus({ now }: Context): Outcome {
  const { wallMs, monoMs } = now();
  const seconds = (ms: number) => String(Math.floor(ms / 1_000));
  return { retcode: 0, data: { SystemTime: seconds(wallMs), UpTime: seconds(monoMs) } };
}

async function relayStatus(context: Context): Promise<Outcome> {
  const reply = await context.control({ kind: 'status' });
  const status: ControlStatus | undefined = reply.kind === 'status' ? reply.status : undefined;
  const states = relayDoors(context).map(({ door, letter }) => {
    const now = status?.doors.find(({ id }) => id === door.id);
    return [`Relay${letter}`, now?.state.unlocked === true ? 1 : 0];
  });
  return { retcode: 0, data: Object.fromEntries(states) };
}

/**
 * An operator's release (mode 0), or unlocked until it is asked for again (mode 1); logged as that, no zone is asked
 * and none remembers. How long a pulse lasts is the door's to say, whatever `delay` holds.
 */
async function trigger(context: Context, { data, source, by }: Asked): Promise<Outcome> {
  const door = context.site.doors.find((one) => String(one.number) === text(data['num']));
  const [mode, level, delay] = ['mode', 'level', 'delay'].map((key) => text(data[key] ?? '0'));
  if (door === undefined || !/^[01]$/.test(mode ?? '') || !/^[01]$/.test(level ?? '')) return badParameter;
  if (!/^\d{1,5}$/.test(delay ?? '') || Number(delay) > 65_535) return badParameter;
  if (!source.doors.includes(door.id)) return notEnabled;
  const command = mode === '0' ? 'release' : await toggled(context, door.id);
  const order = { kind: 'door-command', door: door.id, command, level: 'operator', by } as const;
  const reply = await context.control(order);
  if (reply.kind !== 'answer') return denied('not-ready');
  return reply.answer.kind === 'denied' ? denied(reply.answer.reason) : { retcode: 0 };
}

async function toggled(context: Context, door: string): Promise<'unlock' | 'normal'> {
  const reply = await context.control({ kind: 'status' });
  const now = reply.kind === 'status' ? reply.status.doors.find(({ id }) => id === door) : undefined;
  return now?.state.flags.operator === 'unlocked' ? 'normal' : 'unlock';
}

function denied(reason: string): Outcome {
  return { retcode: -5, message: 'Access Denied', data: { reason } };
}
