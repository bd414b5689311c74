/** Outputs and rows that follow the number of people inside, as far as it is on the disk. */
import type { CountOutput, Site, Zone, ZoneId } from './model.js';
import { isWanted } from './sharedOutputs.js';
import type { State } from './state.js';
import type { Turn } from './turn.js';
import { addRow, switchOutput } from './turn.js';
import { recordsOf } from './zoneRecords.js';

/** At the end of a step: what it changed is counted once its commit is durable; without storage at once. */
export function noteCounts(turn: Turn, before: State): void {
  if (turn.state.records === before.records) return;
  for (const zone of counting(turn.site)) {
    const { inside } = recordsOf(turn.state, zone.id);
    if (inside === recordsOf(before, zone.id).inside) continue;
    // Without a commit of its own it was storage's change, durable after what is on its way.
    const commit = turn.rows.length > 0 ? turn.state.nextCommit : turn.state.nextCommit - 1;
    const entry = { commit, zone: zone.id, inside };
    turn.state = { ...turn.state, counting: [...turn.state.counting, entry] };
  }
}

function counting(site: Site): readonly Zone[] {
  return [...site.zones.values()].filter((zone) => (zone.counts ?? []).length > 0);
}

/** Takes over the numbers that are durable, and switches what follows them. */
export function settleCounts(turn: Turn): void {
  const { counting: waiting, committedThrough, storage } = turn.state;
  const durable = waiting.filter(({ commit }) => storage === 'failed' || commit <= committedThrough);
  if (durable.length > 0) {
    const insideOnDisk = new Map(turn.state.insideOnDisk);
    for (const { zone, inside } of durable) insideOnDisk.set(zone, inside);
    turn.state = { ...turn.state, insideOnDisk, counting: waiting.filter((one) => !durable.includes(one)) };
  }
  for (const zone of counting(turn.site)) settleZone(turn, zone);
  dropGone(turn);
}

function settleZone(turn: Turn, zone: Zone): void {
  const inside = turn.state.insideOnDisk.get(zone.id) ?? 0;
  for (const [index, count] of (zone.counts ?? []).entries()) {
    const key = `${zone.id}/${index}`;
    const standing = turn.state.countsOn.get(key);
    const on = isSo(zone, count, inside);
    if (on === (standing !== undefined)) continue;
    put(turn, key, on ? count : undefined, standing);
    addRow(turn, { kind: 'zone-count', zone: zone.id, detail: detailOf(count, on, inside) });
  }
}

function detailOf({ when, output }: CountOutput, on: boolean, inside: number) {
  return { when, on, inside, ...(output === undefined ? {} : { output }) };
}

function isSo(zone: Zone, { when, at }: CountOutput, inside: number): boolean {
  if (when === 'occupied') return inside > 0;
  if (when === 'empty') return inside === 0;
  return inside >= (at ?? zone.occupancy?.max?.count ?? Number.POSITIVE_INFINITY);
}

function put(turn: Turn, key: string, on: CountOutput | undefined, standing: CountOutput | undefined): void {
  const output = (on ?? standing)?.output;
  const countsOn = new Map(turn.state.countsOn);
  if (on === undefined) countsOn.delete(key);
  else countsOn.set(key, on);
  turn.state = { ...turn.state, countsOn };
  if (output === undefined) return;
  if (on !== undefined || !isWanted(turn.state, output)) switchOutput(turn, output, on !== undefined);
}

/** What no zone asks for any more is switched off. */
function dropGone(turn: Turn): void {
  for (const [key, standing] of turn.state.countsOn) {
    const [zone = '', index = ''] = key.split('/');
    const now = turn.site.zones.get(Number(zone))?.counts?.[Number(index)];
    if (now === undefined || now.output !== standing.output) put(turn, key, undefined, standing);
  }
}

/** At the start: what is known is on the disk. */
export function insideOf(site: Site, state: Pick<State, 'records'>): ReadonlyMap<ZoneId, number> {
  return new Map(counting(site).map(({ id }) => [id, state.records.get(id)?.inside ?? 0]));
}
