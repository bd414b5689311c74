/** A value that components watch: the whole of our state management. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** Calls back on each change, until the returned function is called. */
  watch(seen: (value: T) => void): () => void;
}

/** A store that holds `first`. */
export function createStore<T>(first: T): Store<T> {
  let held = first;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => held,
    set: (value) => {
      if (Object.is(value, held)) return;
      held = value;
      for (const seen of [...watchers]) seen(value);
    },
    watch: (seen) => {
      watchers.add(seen);
      return () => watchers.delete(seen);
    },
  };
}

/** The value of a store; the component renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(() => store.get());
  useEffect(() => {
    setValue(() => store.get());
    return store.watch((next) => setValue(() => next));
  }, [store]);
  return value;
}
