/** The log in two charts: passages and refusals by the hour, violations by the day. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { nowMs } from '../../clock.js';
import { type Count, countsOf, perStep, stepsBack } from '../../counts.js';
import { clockTime, dayAndMonth, isoDay } from '../../format.js';
import { language, t } from '../../i18n.js';
import { Chart } from '../../parts/chart.js';
import { Panel } from '../../parts/panel.js';
import { useStore } from '../../store.js';

const hourMs = 3_600_000;

export function LogCharts() {
  return (
    <div class="two">
      <Panel title={t('log.perhour')}>
        <PerHour />
      </Panel>
      <Panel title={t('log.perday')}>
        <PerDay />
      </Panel>
    </div>
  );
}

const decisions = ['access-granted', 'access-denied'];

function PerHour() {
  const steps = useMemo(() => stepsBack(nowMs(), hourMs, 24), []);
  const counts = useCounts(steps, decisions);
  const speaks = useStore(language);
  const series = useMemo(() => {
    const of = (wanted: string) => perStep(counts, steps, ({ kind, count }) => (kind === wanted ? count : 0));
    return [
      { name: t('kind.access-granted'), tone: 'good' as const, values: of('access-granted') },
      { name: t('kind.access-denied'), tone: 'bad' as const, values: of('access-denied') },
    ];
  }, [counts, speaks]);
  return <Chart label={t('log.perhour')} atMs={steps} series={series} kind="steps" timeText={clockTime} />;
}

const violations = ['passback-violation'];
const days = 30;

/** Counted by the hour and added up by the day of the site: its days are not those of UTC. */
function PerDay() {
  const hours = useMemo(() => stepsBack(nowMs(), hourMs, days * 24), []);
  const counts = useCounts(hours, violations);
  const speaks = useStore(language);
  const shown = useMemo(() => {
    const sums = new Map<string, { at: number; count: number }>();
    const perHour = perStep(counts, hours, ({ count }) => count);
    hours.forEach((at, index) => {
      const day = sums.get(isoDay(at)) ?? { at, count: 0 };
      sums.set(isoDay(at), { ...day, count: day.count + (perHour[index] ?? 0) });
    });
    return [...sums.values()];
  }, [counts]);
  const atMs = useMemo(() => shown.map(({ at }) => at), [shown]);
  const series = useMemo(
    () => [
      { name: t('kind.passback-violation'), tone: 'bad' as const, values: shown.map(({ count }) => count) },
    ],
    [shown, speaks],
  );
  return <Chart label={t('log.perday')} atMs={atMs} series={series} kind="bars" timeText={dayAndMonth} />;
}

function useCounts(steps: readonly number[], kinds: readonly string[]): readonly Count[] {
  const [counts, setCounts] = useState<readonly Count[]>([]);
  useEffect(() => {
    const [fromMs = 0, second = 0] = steps;
    const stepMs = second - fromMs;
    void countsOf({ fromMs, toMs: fromMs + steps.length * stepMs, stepMs, kinds }).then(setCounts);
  }, [steps, kinds]);
  return counts;
}
