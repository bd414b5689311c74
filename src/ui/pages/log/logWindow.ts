/**
 * A window on a log of any length: rows by their place, newest first, in pages of which only a few are kept.
 * Without filters the place of a row follows from its number; with filters each page begins where the one before
 * ended, and its beginning is all that is remembered of it.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import type { Event, Page } from '../../model.js';

export const pageRows = 100;
const pagesKept = 8;

export interface LogWindow {
  /** Rows that are known to be there. */
  readonly count: number;
  /** The row at this place; undefined = being read. */
  row(index: number): Event | undefined;
  /** Says which places are on the screen. */
  show(first: number, last: number): void;
  readonly problem: Problem | undefined;
  readonly pagesHeld: number;
}

interface State {
  readonly pages: Map<number, readonly Event[]>;
  /** With filters: the row number before which each page begins. */
  readonly begins: (number | undefined)[];
  readonly asked: Set<number>;
  count: number;
}

/** The log through `filters` (a query string), down from the row `newest` to the one after `oldest`. */
export function useLogWindow(filters: string, newest: number, oldest: number): LogWindow {
  const state = useMemo(() => fresh(filters, newest, oldest), [filters, newest, oldest]);
  const [, draw] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const read = async (page: number) => {
    const path = pathOf(state, { filters, newest, oldest }, page);
    if (path === undefined || state.pages.has(page) || state.asked.has(page)) return;
    state.asked.add(page);
    const answer = await ask<Page<Event>>('GET', path);
    state.asked.delete(page);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) keep(state, filters, page, answer.value);
    draw((before) => before + 1);
  };
  useEffect(() => {
    void read(0);
  }, [state]);
  return {
    count: state.count,
    problem,
    pagesHeld: state.pages.size,
    row: (index) => state.pages.get(Math.floor(index / pageRows))?.[index % pageRows],
    show: (first, last) => {
      const lastPage = Math.floor(Math.max(0, last) / pageRows);
      for (let page = Math.floor(Math.max(0, first) / pageRows); page <= lastPage; page += 1) void read(page);
    },
  };
}

function fresh(filters: string, newest: number, oldest: number): State {
  const count = filters === '' ? Math.max(0, newest - oldest) : 0;
  return { pages: new Map(), begins: [newest + 1], asked: new Set(), count };
}

interface Bounds {
  readonly filters: string;
  readonly newest: number;
  readonly oldest: number;
}

function pathOf(state: State, { filters, newest, oldest }: Bounds, page: number): string | undefined {
  const before = filters === '' ? newest + 1 - page * pageRows : state.begins[page];
  if (before === undefined || before < 1) return undefined;
  const more = [oldest === 0 ? '' : `&after=${oldest}`, filters === '' ? '' : `&${filters}`].join('');
  return `/api/v1/events?limit=${pageRows}&before=${before}${more}`;
}

function keep(state: State, filters: string, page: number, { items, next }: Page<Event>): void {
  state.pages.set(page, items);
  if (filters !== '') {
    state.begins[page + 1] = next === undefined ? undefined : Number(next);
    // One row more than is known tells the scroll bar that there is more.
    const known = page * pageRows + items.length + (next === undefined ? 0 : 1);
    if (known > state.count || next === undefined)
      state.count = Math.max(known, next === undefined ? 0 : state.count);
  }
  for (const far of [...state.pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page))) {
    if (state.pages.size <= pagesKept) break;
    state.pages.delete(far);
  }
}
