/** The address is the state: which view, which thing in it, which filters. Back, forward and a copied link all work. */
import { useMemo } from 'preact/hooks';
import { createStore, useStore } from './store.js';

export interface Place {
  /** `/people/ann` → ['people', 'ann']. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const place = createStore<Place>(read());
/** Set while a form has changes: asks whether they may be left; false = stay. */
let mayLeave: (() => boolean) | undefined;

/** What is shown; the address bar is ahead of it by a step back until that may be taken. */
let shown = here();

function here(): string {
  return location.pathname + location.search;
}

function show(): void {
  shown = here();
  place.set(read());
}

/** Keeps the store at the address; called once. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    if (mayLeave?.() === false) return history.pushState(null, '', shown);
    show();
  });
  addEventListener('beforeunload', (event) => {
    // The browser asks in its own words and lets no page ask here.
    if (mayLeave !== undefined) event.preventDefault();
  });
}

function read(): Place {
  const path = location.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  return { path, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Goes to an address of the page. `replace` leaves no step in the history, for filters being typed. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === here()) return;
  if (how === 'push' && mayLeave?.() === false) return;
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  const before = place.get().path[0];
  show();
  if (how === 'push' && before !== place.get().path[0]) scrollTo(0, 0);
}

/** Where the page is. */
export function usePlace(): Place {
  return useStore(place);
}

/** The filters in the address, and a way to change some of them. */
export function useQuery(): [
  Readonly<Record<string, string>>,
  (change: Record<string, string | undefined>) => void,
] {
  const { query } = usePlace();
  const change = useMemo(
    () => (wanted: Record<string, string | undefined>) => {
      const merged = { ...place.get().query, ...wanted };
      const kept = Object.entries(merged).filter((one): one is [string, string] => !!one[1]);
      const text = new URLSearchParams(kept).toString();
      go(location.pathname + (text === '' ? '' : `?${text}`), 'replace');
    },
    [],
  );
  return [query, change];
}

/** An address from parts, each encoded. */
export function address(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

/** While `ask` is set, leaving asks it first. */
export function guardLeaving(ask: (() => boolean) | undefined): void {
  mayLeave = ask;
}
