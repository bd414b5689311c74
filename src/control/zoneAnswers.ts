/** What is told of zones at once, from the core's state: how they stand, and why somebody would be let in or not. */
import type { AccessRequested } from '../core/events.js';
import { explain } from '../core/explain.js';
import type { Instant, UserFacts, ZoneId } from '../core/model.js';
import type { ControlReply, ControlRequest, Lookup, ZoneNow } from '../core/requests.js';
import type { State } from '../core/state.js';
import { recordsOf } from '../core/zoneRecords.js';
import type { Controller } from './controller.js';

export interface ExplainDeps {
  readonly controller: Controller;
  readonly findUser: (lookup: Lookup) => UserFacts | undefined;
  readonly now: () => Instant;
}

/** How a zone stands. */
export function zoneNow(state: State, id: ZoneId): ZoneNow {
  const { size, cleared, inside } = recordsOf(state, id);
  const since = state.musters.get(id);
  return {
    id,
    alarmed: state.alarmedZones.has(id),
    records: size - cleared,
    inside,
    lockdown: state.lockdowns.has(id),
    ...(since === undefined ? {} : { musterSinceMs: since }),
  };
}

/** As if the user presented something good there, at that moment. */
export function explainTo(
  deps: ExplainDeps,
  { user: id, reader, atWallMs }: Extract<ControlRequest, { kind: 'explain' }>,
): ControlReply {
  const { controller } = deps;
  const door = controller.site().readers.get(reader)?.door;
  if (door === undefined) return { kind: 'error', error: 'unknown-reader' };
  const user = deps.findUser({ by: 'id', id });
  if (user === undefined) return { kind: 'error', error: 'unknown-user' };
  const now = deps.now();
  const aheadMs = (atWallMs ?? now.wallMs) - now.wallMs;
  const asked: AccessRequested = {
    kind: 'access-requested',
    at: { monoMs: now.monoMs + aheadMs, wallMs: now.wallMs + aheadMs, trust: now.trust },
    door,
    reader,
    user,
    credential: { kind: 'card', label: '' },
    by: { kind: 'reader', reader },
  };
  const state = controller.state();
  const along = state.company.filter((wait) => wait.reader === reader).map((wait) => wait.asked);
  return { kind: 'explained', explained: explain(controller.site(), state, asked, along) };
}
