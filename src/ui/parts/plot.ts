/** uPlot in the colours of the page; loaded only by views that show a chart. */
import uPlot from 'uplot';
import type { Series } from './chart.js';

interface Plot {
  readonly atMs: readonly number[];
  readonly series: readonly Series[];
  readonly kind: 'bars' | 'steps';
  readonly timeText: (ms: number) => string;
}

const heightPx = 200;

/** Draws into `element`, follows its width and the theme; call what it returns to take it away. */
export function plot(element: HTMLElement, of: Plot): () => void {
  let drawn = draw(element, of);
  const again = () => {
    drawn.destroy();
    drawn = draw(element, of);
  };
  const size = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: heightPx }));
  size.observe(element);
  const theme = new MutationObserver(again);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', again);
  return () => {
    size.disconnect();
    theme.disconnect();
    system.removeEventListener('change', again);
    drawn.destroy();
  };
}

function draw(element: HTMLElement, { atMs, series, kind, timeText }: Plot): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const marks = { accent: color('--accent'), good: color('--good-mark'), bad: color('--bad-mark') };
  const grid = { stroke: color('--line'), width: 1 };
  const axis = { stroke: color('--muted'), font: `12px ${style.fontFamily}`, grid, ticks: grid };
  const { bars, stepped } = uPlot.paths;
  const paths = kind === 'bars' ? bars?.({ size: [0.7, 40] }) : stepped?.({ align: 1 });
  const stepMs = (atMs[1] ?? 0) - (atMs[0] ?? 0);
  // The last step has a width too; bars stand on their beginnings.
  const x = kind === 'steps' ? [...atMs, (atMs.at(-1) ?? 0) + stepMs] : [...atMs];
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { y: false, points: { show: false } },
    scales: {
      x: {
        time: false,
        range: (_plot, low, high) => (kind === 'bars' ? [low - stepMs / 2, high + stepMs / 2] : [low, high]),
      },
      y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        values: (_plot, splits) => splits.map((at) => timeText(at)),
        space: 70,
        incrs: [1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * 3_600_000),
      },
      {
        ...axis,
        size: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000],
      },
    ],
    series: [
      {},
      ...series.map(({ name, tone }) => ({
        label: name,
        stroke: marks[tone],
        width: 2,
        fill: `color-mix(in srgb, ${marks[tone]} 22%, transparent)`,
        points: { show: false },
        ...(paths === undefined ? {} : { paths }),
      })),
    ],
    hooks: { setCursor: [(shown) => tip(shown, element, { atMs, series, timeText })] },
  };
  return new uPlot(
    options,
    [
      x,
      ...series.map(({ values }) => (kind === 'steps' ? [...values, values.at(-1) ?? 0] : [...values])),
    ] as uPlot.AlignedData,
    element,
  );
}

function tip(shown: uPlot, element: HTMLElement, { atMs, series, timeText }: Omit<Plot, 'kind'>): void {
  const { idx, left = 0 } = shown.cursor;
  const box =
    element.querySelector<HTMLElement>('.plot-tip') ?? element.appendChild(document.createElement('div'));
  box.className = 'plot-tip';
  box.hidden = idx === null || idx === undefined || left < 0;
  if (box.hidden || idx === null || idx === undefined) return;
  const values = series.map(({ name, values: all }) => `${name}: ${all[idx] ?? 0}`);
  box.textContent = `${timeText(atMs[idx] ?? 0)} · ${values.join(' · ')}`;
}
