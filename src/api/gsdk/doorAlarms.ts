/** Door.SetAlarm: an alarm of a door is made by what happens at it, and ended by a client as one who has seen it. */
import type { WriteOp } from '../../core/management.js';
import type { Actor } from '../../core/model.js';
import { write } from '../context.js';
import { type Desk, demand } from './desk.js';
import { code, RpcError } from './wire.js';

const ALARMS_AT_ONCE = 1_000;

/** NO_ALARM acknowledges the open alarms of these doors; no other flag can be set by hand. */
export async function setDoorAlarm(
  { context }: Desk,
  doors: readonly string[],
  alarmFlag: number,
  by: Actor,
): Promise<object> {
  if (alarmFlag !== 0) {
    throw new RpcError(code.unimplemented, `alarmFlag: ${alarmFlag} cannot be set, only 0 (NO_ALARM)`);
  }
  const acknowledged = { by: 'g-sdk', atMs: context.now().wallMs, note: '' };
  const open = context.reads.alarms({ open: true, limit: ALARMS_AT_ONCE }).items;
  const ops = open
    .filter(({ body }) => body.acknowledged === undefined && doors.includes(body.door ?? ''))
    .map(({ body, revision }): WriteOp => {
      const seen = { ...body, acknowledged };
      return { op: 'put', collection: 'alarms', id: body.id, body: seen, expect: revision };
    });
  if (ops.length > 0) demand(await write(context, by, ops));
  return {};
}
