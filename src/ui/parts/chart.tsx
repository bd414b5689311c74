/** A chart of numbers over time, drawn by uPlot when it is needed, and the same numbers as a table for everybody. */

import { useEffect, useRef } from 'preact/hooks';
import { number, t } from '../i18n.js';
import { TableScroll } from './tableScroll.js';

export interface Series {
  readonly name: string;
  readonly tone: 'accent' | 'good' | 'bad';
  readonly values: readonly number[];
}

interface ChartProps {
  readonly label: string;
  /** Unix ms at which each step begins. */
  readonly atMs: readonly number[];
  readonly series: readonly Series[];
  readonly kind: 'bars' | 'steps';
  readonly timeText: (ms: number) => string;
}

export function Chart({ label, atMs, series, kind, timeText }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let end: (() => void) | undefined;
    let gone = false;
    void import('./plot.js').then(({ plot }) => {
      if (!gone) end = plot(element, { atMs, series, kind, timeText });
    });
    return () => {
      gone = true;
      end?.();
    };
  }, [atMs, series, kind]);
  return (
    <figure class="chart">
      <figcaption class="legend">
        {series.map(({ name, tone }) => (
          <span key={name} class={`legend-${tone}`}>
            {name}
          </span>
        ))}
      </figcaption>
      <div ref={box} class="plot" role="img" aria-label={label} />
      <details>
        <summary>{t('chart.table')}</summary>
        <TableScroll label={label}>
          <table class="table">
            <caption class="hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">{t('log.at')}</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {atMs.map((ms, index) => (
                <tr key={ms}>
                  <th scope="row">{timeText(ms)}</th>
                  {series.map(({ name, values }) => (
                    <td key={name}>{number(values[index] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      </details>
    </figure>
  );
}
