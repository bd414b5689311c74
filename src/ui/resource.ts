/** What is read from the API, kept by its path so that a view shown again is there at once. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Answer, ask, type Problem } from './http.js';
import { onEvents } from './live.js';

export interface Resource<T> {
  readonly value: T | undefined;
  readonly etag: string | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  reload(): void;
}

interface Kept {
  readonly answer: Answer<unknown>;
}

const cache = new Map<string, Kept>();
const cacheMax = 60;

function keep(path: string, answer: Answer<unknown>): void {
  cache.delete(path);
  cache.set(path, { answer });
  const oldest = cache.keys().next().value;
  if (cache.size > cacheMax && oldest !== undefined) cache.delete(oldest);
}

/** Forgets everything kept, after logging out. */
export function forgetResources(): void {
  cache.clear();
}

/** What stands at `path`; undefined = nothing is asked. `live` reads again when such an event comes. */
export function useResource<T>(
  path: string | undefined,
  live?: (event: { readonly kind: string }) => boolean,
): Resource<T> {
  const [state, setState] = useState<{
    path: string | undefined;
    answer: Answer<T> | undefined;
    loading: boolean;
  }>(() => ({ path, answer: kept<T>(path), loading: path !== undefined }));
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (path === undefined) return setState({ path, answer: undefined, loading: false });
    const stop = new AbortController();
    setState((before) => ({
      path,
      answer: before.path === path ? before.answer : kept<T>(path),
      loading: true,
    }));
    ask<T>('GET', path, { signal: stop.signal }).then(
      (answer) => {
        if (stop.signal.aborted) return;
        if (answer.ok) keep(path, answer);
        // A failed reading again keeps what is there on the page.
        setState((before) => ({
          path,
          answer: answer.ok || !before.answer?.ok ? answer : before.answer,
          loading: false,
        }));
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [path, turn]);
  useLiveReload(live, reload);
  const { answer } = state;
  const current = state.path === path ? answer : kept<T>(path);
  return {
    value: current?.ok ? current.value : undefined,
    etag: current?.ok ? current.etag : undefined,
    problem: current?.ok === false ? current.problem : undefined,
    loading: state.loading,
    reload,
  };
}

function kept<T>(path: string | undefined): Answer<T> | undefined {
  return path === undefined ? undefined : (cache.get(path)?.answer as Answer<T> | undefined);
}

const gatherMs = 150;

function useLiveReload(
  live: ((event: { readonly kind: string }) => boolean) | undefined,
  reload: () => void,
): void {
  useEffect(() => {
    if (live === undefined) return;
    let timer: number | undefined;
    const stop = onEvents((events) => {
      if (timer !== undefined || !events.some(live)) return;
      timer = window.setTimeout(() => {
        timer = undefined;
        reload();
      }, gatherMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live === undefined, reload]);
}

/** Every page of a short list: names for menus. At most `max` things. */
export async function askAll<T>(path: string, max = 2_000): Promise<readonly T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; items.length < max; ) {
    const mark = path.includes('?') ? '&' : '?';
    const answer = await ask<{ items: readonly T[]; next?: string }>(
      'GET',
      `${path}${mark}limit=500${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (!answer.ok) return items;
    items.push(...answer.value.items);
    if (answer.value.next === undefined) return items;
    cursor = answer.value.next;
  }
  return items;
}
