/** Names of groups, access rights and schedules for menus, read once and again when one changes. */
import { useEffect, useState } from 'preact/hooks';
import { onEvents } from './live.js';
import { askAll } from './resource.js';

/** All of a short collection; empty until it is read. */
export function useAll<T>(collection: string): readonly T[] {
  const [all, setAll] = useState<readonly T[]>([]);
  useEffect(() => {
    const load = () => void askAll<T>(`/api/v1/${collection}`).then(setAll);
    load();
    return onEvents((events) => {
      if (events.some(({ detail }) => detail?.['collection'] === collection)) load();
    });
  }, [collection]);
  return all;
}
