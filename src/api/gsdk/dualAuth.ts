/** Dual authentication: the dialect's words for a door that two open together. */
import type { TwoPersons } from '../../core/model.js';
import { type Desk, everything } from './desk.js';
import { nameOf, numberOf } from './numbers.js';
import { fromSchedule, toSchedule } from './schedules.js';
import { invalid, type WireDoor } from './wire.js';

/** DualAuthDevice: NO, ENTRY_ONLY, EXIT_ONLY, BOTH. */
const sides = [undefined, 'entry', 'exit', 'both'] as const;
/** DualAuthType: NO_DUAL_AUTH_TYPE = whoever, LAST = the second of an approving group. */
const LAST = 1;
const SECONDS_DEFAULT = 15;
const SECONDS_MAX = 300;
const GROUPS_MAX = 16;

type Sent = Pick<
  WireDoor,
  'dualAuthScheduleID' | 'dualAuthDevice' | 'dualAuthType' | 'dualAuthTimeout' | 'dualAuthGroupIDs'
>;

/** The rule as we keep it; undefined = none. `RpcError` names the field at `path`. */
export function toTwoPersons(desk: Desk, sent: Sent, path: string): TwoPersons | undefined {
  const { dualAuthDevice: device, dualAuthType: type, dualAuthTimeout: timeout } = sent;
  if (device >= sides.length) throw invalid(`${path}.dualAuthDevice`, `${device} is not a DualAuthDevice`);
  if (type > LAST) throw invalid(`${path}.dualAuthType`, `${type} is not a DualAuthType`);
  if (timeout > SECONDS_MAX)
    throw invalid(
      `${path}.dualAuthTimeout`,
      `${timeout} s: may be ${SECONDS_MAX}, or 0 for ${SECONDS_DEFAULT}`,
    );
  const groups = toGroups(desk, sent.dualAuthGroupIDs, `${path}.dualAuthGroupIDs`);
  const side = sides[device];
  if (side === undefined) return undefined;
  if (type === LAST && groups.length === 0)
    throw invalid(`${path}.dualAuthGroupIDs`, 'is empty, and dualAuthType LAST asks for one of them');
  const schedules = everything(desk.context, 'schedules').map(({ body }) => body.id);
  return {
    side,
    schedule: toSchedule(sent.dualAuthScheduleID, schedules, `${path}.dualAuthScheduleID`),
    withinSeconds: timeout === 0 ? SECONDS_DEFAULT : timeout,
    ...(type === LAST ? { lastInGroups: groups } : {}),
  };
}

function toGroups({ context }: Desk, ids: readonly number[], path: string): readonly string[] {
  if (ids.length > GROUPS_MAX) throw invalid(path, `has ${ids.length}: may have ${GROUPS_MAX}`);
  if (ids.includes(0)) throw invalid(path, 'has a 0, which no group has');
  const known = everything(context, 'groups').map(({ body }) => body.id);
  return [...new Set(ids.map((id) => nameOf(id, known)))];
}

/** The rule as the dialect shows it. */
export function fromTwoPersons(rule: TwoPersons | undefined): Partial<Sent> {
  if (rule === undefined) return {};
  return {
    dualAuthScheduleID: fromSchedule(rule.schedule),
    dualAuthDevice: sides.indexOf(rule.side),
    dualAuthType: rule.lastInGroups === undefined ? 0 : LAST,
    dualAuthTimeout: rule.withinSeconds,
    dualAuthGroupIDs: (rule.lastInGroups ?? []).map(numberOf),
  };
}
