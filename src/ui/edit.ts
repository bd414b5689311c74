/**
 * Editing one thing under its revision. What was typed is never lost: not by a failed save, not by somebody
 * else's change, which is shown and asked about.
 */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { type Answer, ask, type Problem } from './http.js';
import { t } from './i18n.js';
import { guardLeaving } from './router.js';

export interface Edit<T extends object> {
  readonly draft: T;
  readonly dirty: boolean;
  readonly problem: Problem | undefined;
  /** Names of fields that somebody else changed meanwhile; undefined = nobody did. */
  readonly stale: readonly string[] | undefined;
  set(change: Partial<T>): void;
  /** Saves the draft; true = it is stored. */
  save(): Promise<boolean>;
  /** Throws the draft away for what stands there now. */
  takeTheirs(): void;
}

interface Options<T extends object> {
  /** Address of the thing in the API. */
  readonly path: string;
  /** As it was read. */
  readonly value: T;
  readonly etag: string | undefined;
  /** Fields of the thing that this form edits. */
  readonly fields: readonly (keyof T & string)[];
  readonly saved: () => void;
}

interface Base<T> {
  readonly value: T;
  readonly etag: string | undefined;
}

/** A draft of a thing that is there already. */
export function useEdit<T extends object>({ path, value, etag, fields, saved }: Options<T>): Edit<T> {
  const [base, setBase] = useState<Base<T>>({ value, etag });
  const [changes, setChanges] = useState<Partial<T>>({});
  const [problem, setProblem] = useState<Problem>();
  const [stale, setStale] = useState<readonly string[]>();
  const [theirs, setTheirs] = useState<Base<T>>();
  const dirty = fields.some((name) => name in changes && !same(changes[name], base.value[name]));
  // What is read anew takes the place of the base only while nothing is being edited.
  useEffect(() => {
    if (!dirty && stale === undefined) setBase({ value, etag });
  }, [value, etag]);
  useGuard(dirty);
  const save = async () => {
    const answer = await ask<T>('PATCH', path, {
      body: patchOf(fields, changes, base.value),
      etag: base.etag,
    });
    if (answer.ok) {
      setBase({ value: answer.value, etag: answer.etag });
      setChanges({});
      setProblem(undefined);
      saved();
      return true;
    }
    setProblem(answer.problem.status === 412 ? undefined : answer.problem);
    if (answer.problem.status !== 412) return false;
    const now: Answer<T> = await ask<T>('GET', path);
    if (!now.ok) {
      setProblem(now.problem);
      return false;
    }
    setTheirs({ value: now.value, etag: now.etag });
    setStale(fields.filter((name) => !same(now.value[name], base.value[name])));
    // Saved again, it replaces the other change knowingly.
    setBase({ value: base.value, etag: now.etag });
    return false;
  };
  return {
    draft: { ...base.value, ...changes },
    dirty,
    problem,
    stale,
    set: (change) => setChanges((before) => ({ ...before, ...change })),
    save: async () => {
      setStale(undefined);
      return save();
    },
    takeTheirs: () => {
      if (theirs !== undefined) setBase(theirs);
      setChanges({});
      setStale(undefined);
      setProblem(undefined);
    },
  };
}

/** Asks before a view with unsaved changes is left. */
export function useGuard(dirty: boolean): void {
  // With what shows that there is something to save, not a moment later.
  useLayoutEffect(() => {
    if (!dirty) return;
    guardLeaving(() => confirm(t('leave.title')));
    return () => guardLeaving(undefined);
  }, [dirty]);
}

/** What was changed; what was emptied goes as null (RFC 7396). */
function patchOf<T extends object>(
  fields: readonly (keyof T & string)[],
  changes: Partial<T>,
  base: T,
): object {
  return Object.fromEntries(
    fields
      .filter((name) => name in changes && !same(changes[name], base[name]))
      .map((name) => [name, changes[name] ?? null]),
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
