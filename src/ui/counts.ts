/** Counts of the log over time, as the charts take them. */
import { ask } from './http.js';

export interface Count {
  readonly at: string;
  readonly kind: string;
  readonly reader?: string;
  readonly moved: boolean;
  readonly count: number;
}

interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly kinds: readonly string[];
}

/** Counts, or none where they cannot be had. */
export async function countsOf({ fromMs, toMs, stepMs, kinds }: Asked): Promise<readonly Count[]> {
  const query = `fromMs=${fromMs}&toMs=${toMs}&stepMs=${stepMs}&kinds=${kinds.join(',')}`;
  const answer = await ask<{ items: readonly Count[] }>('GET', `/api/v1/event-counts?${query}`);
  return answer.ok ? answer.value.items : [];
}

/** One number for each step; `of` says what a count adds to it. */
export function perStep(
  counts: readonly Count[],
  steps: readonly number[],
  of: (count: Count) => number,
): number[] {
  const sums = new Map<number, number>();
  for (const count of counts) {
    const at = Date.parse(count.at);
    sums.set(at, (sums.get(at) ?? 0) + of(count));
  }
  return steps.map((at) => sums.get(at) ?? 0);
}

/** The beginnings of `count` steps, the last of which holds `nowMs`. */
export function stepsBack(nowMs: number, stepMs: number, count: number): readonly number[] {
  const last = Math.floor(nowMs / stepMs) * stepMs;
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * stepMs);
}
