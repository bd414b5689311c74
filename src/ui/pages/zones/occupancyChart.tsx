/** How many were inside over the last day, counted back from how many are inside now. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { nowMs } from '../../clock.js';
import { type Count, countsOf, perStep, stepsBack } from '../../counts.js';
import { clockTime } from '../../format.js';
import { t } from '../../i18n.js';
import { Chart } from '../../parts/chart.js';
import type { Zone } from '../../zoneModel.js';

const stepMs = 15 * 60_000;
const steps = 96;

export function OccupancyChart({ zone, inside }: { readonly zone: Zone; readonly inside: number }) {
  const [counts, setCounts] = useState<readonly Count[]>([]);
  const atMs = useMemo(() => stepsBack(nowMs(), stepMs, steps), [inside]);
  useEffect(() => {
    const [fromMs = 0] = atMs;
    const kinds = ['access-granted', 'access-taken'];
    void countsOf({ fromMs, toMs: fromMs + steps * stepMs, stepMs, kinds }).then(setCounts);
  }, [atMs]);
  const series = useMemo(() => {
    const way = new Map(
      zone.members.map(({ reader, direction }) => [reader, direction === 'entry' ? 1 : -1]),
    );
    // Only passages that moved a record: a grant at a door with a contact is not one yet.
    const changes = perStep(counts, atMs, ({ reader, moved, count }) =>
      moved && reader !== undefined ? (way.get(reader) ?? 0) * count : 0,
    );
    return [{ name: t('zones.inside'), tone: 'accent' as const, values: countedBack(changes, inside) }];
  }, [counts, atMs, zone, inside]);
  return <Chart label={t('zones.day')} atMs={atMs} series={series} kind="steps" timeText={clockTime} />;
}

/** The number inside at the end of each step. */
function countedBack(changes: readonly number[], now: number): readonly number[] {
  const values: number[] = [];
  let inside = now;
  for (const change of [...changes].reverse()) {
    values.unshift(Math.max(0, inside));
    inside -= change;
  }
  return values;
}
