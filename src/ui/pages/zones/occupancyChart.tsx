/** How many were inside over the last day, as the log has it. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { nowMs } from '../../clock.js';
import { stepsBack } from '../../counts.js';
import { clockTime } from '../../format.js';
import { ask } from '../../http.js';
import { language, t } from '../../i18n.js';
import { Chart } from '../../parts/chart.js';
import { useStore } from '../../store.js';
import type { Zone } from '../../zoneModel.js';

const stepMs = 15 * 60_000;
const steps = 96;
const readAgainMs = 60_000;

interface Day {
  readonly atMs: readonly number[];
  readonly inside: readonly number[];
  /** False: the log is too long to tell how the day began. */
  readonly complete: boolean;
}

export function OccupancyChart({ zone, inside }: { readonly zone: Zone; readonly inside: number }) {
  const day = useDay(zone.id);
  const atMs = day?.atMs ?? stepsBack(nowMs(), stepMs, steps);
  const speaks = useStore(language);
  const series = useMemo(() => {
    // What is read stands for a while; the present is always that of now.
    const values = day === undefined ? [] : [...day.inside.slice(0, -1), inside];
    return [{ name: t('zones.inside'), tone: 'accent' as const, values }];
  }, [day, inside, speaks]);
  if (day === undefined) return <div class="plot" aria-busy="true" />;
  return (
    <>
      <Chart label={t('zones.day')} atMs={atMs} series={series} kind="steps" timeText={clockTime} />
      {day.complete ? null : <p class="hint">{t('zones.day.partly')}</p>}
    </>
  );
}

function useDay(zone: number): Day | undefined {
  const [day, setDay] = useState<Day>();
  useEffect(() => {
    const stop = new AbortController();
    const read = async () => {
      const atMs = stepsBack(nowMs(), stepMs, steps);
      const path = `/api/v1/zones/${zone}/occupancy?fromMs=${atMs[0]}&stepMs=${stepMs}&steps=${steps}`;
      const answer = await ask<Omit<Day, 'atMs'>>('GET', path, { signal: stop.signal }).catch(
        () => undefined,
      );
      if (answer?.ok) setDay({ ...answer.value, atMs });
    };
    void read();
    const timer = setInterval(read, readAgainMs);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [zone]);
  return day;
}
