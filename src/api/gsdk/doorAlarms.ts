/** Alarms of doors by their flags: forced or held open, and the alarm of the zone that has the door's number. */
import type { WriteOp } from '../../core/management.js';
import type { Actor, DoorId } from '../../core/model.js';
import type { ControlStatus } from '../../core/requests.js';
import { write } from '../context.js';
import { deniedProblem, laterProblem } from '../problem.js';
import { setZoneAlarms } from '../zoneOps.js';
import { type Desk, demand } from './desk.js';
import { invalid } from './wire.js';

/** AlarmFlag, masks. */
const flag = { forced: 1, held: 2, passback: 4 } as const;
const ALL_FLAGS = flag.forced | flag.held | flag.passback;
const ALARMS_AT_ONCE = 1_000;

type SiteDoor = Desk['context']['site']['doors'][number];

/** The flags of a door as it stands. */
export function alarmFlagsOf(door: SiteDoor, status: ControlStatus): number {
  const alarm = status.doors.find(({ id }) => id === door.id)?.state.alarm ?? 'none';
  const passback = status.zones.some(({ id, alarmed }) => id === door.number && alarmed);
  return (alarm === 'none' ? 0 : flag[alarm]) | (passback ? flag.passback : 0);
}

/** NO_ALARM ends the alarms of these doors, and says that they were seen; a flag sets that alarm. */
export async function setDoorAlarm(
  desk: Desk,
  doors: readonly SiteDoor[],
  alarmFlag: number,
  by: Actor,
): Promise<object> {
  if ((alarmFlag & ~ALL_FLAGS) !== 0 || alarmFlag > ALL_FLAGS)
    throw invalid('alarmFlag', `${alarmFlag} is no AlarmFlag`);
  if ((alarmFlag & flag.forced) !== 0 && (alarmFlag & flag.held) !== 0)
    throw invalid('alarmFlag', `${alarmFlag}: a door is either forced or held open`);
  const alarm = (['forced', 'held'] as const).find((name) => (alarmFlag & flag[name]) !== 0) ?? 'none';
  const blind = doors.find(({ hasContact }) => !hasContact);
  if (alarm !== 'none' && blind !== undefined)
    throw invalid('alarmFlag', `${alarmFlag} needs a door sensor, and door ${blind.number} has none`);
  const zones = zonesOf(desk, doors, (alarmFlag & flag.passback) !== 0);
  const ended = doors.filter(({ hasContact }) => hasContact).map(({ id }) => id);
  if (alarm !== 'none' || alarmFlag === 0) await tell(desk, ended, alarm, by);
  if (zones.length > 0) demand(await setZoneAlarms(desk.context, by, zones, alarmFlag !== 0));
  if (alarmFlag === 0)
    await acknowledge(
      desk,
      doors.map(({ id }) => id),
      by,
    );
  return {};
}

/** The zones with the doors' numbers; to set their alarm each must be there. */
function zonesOf({ context }: Desk, doors: readonly SiteDoor[], setting: boolean): readonly number[] {
  const numbers = doors.map(({ number }) => Number(number));
  const found = numbers.filter((number) => context.reads.get('zones', String(number)) !== undefined);
  const missing = numbers.find((number) => !found.includes(number));
  if (setting && missing !== undefined) throw invalid('alarmFlag', `door ${missing} has no apbZone to alarm`);
  return found;
}

async function tell(
  { context }: Desk,
  doors: readonly DoorId[],
  alarm: 'none' | 'forced' | 'held',
  by: Actor,
): Promise<void> {
  const reply = await context.control({ kind: 'set-door-alarm', doors, alarm, by });
  if (reply.kind !== 'answer') demand(laterProblem(503, 'The controller is busy.', 5));
  else if (reply.answer.kind === 'denied') demand(deniedProblem(reply.answer.reason));
}

/** A client that ends an alarm has seen it. */
async function acknowledge({ context }: Desk, doors: readonly DoorId[], by: Actor): Promise<void> {
  const acknowledged = { by: 'g-sdk', atMs: context.now().wallMs, note: '' };
  const open = context.reads.alarms({ open: true, limit: ALARMS_AT_ONCE }).items;
  const ops = open
    .filter(({ body }) => body.acknowledged === undefined && doors.includes(body.door ?? ''))
    .map(({ body, revision }): WriteOp => {
      const seen = { ...body, acknowledged };
      return { op: 'put', collection: 'alarms', id: body.id, body: seen, expect: revision };
    });
  if (ops.length > 0) demand(await write(context, by, ops));
}
