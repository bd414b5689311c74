/** From when to when the log is shown, as row numbers: the log is walked by number, people think in times. */
import { useEffect, useState } from 'preact/hooks';
import { fromLocalInput } from '../../format.js';
import { ask } from '../../http.js';

export interface Span {
  /** Rows up to and including this one are too old; 0 = none is. */
  readonly oldest: number;
  /** The last row of the span; undefined = open to the present. */
  readonly newest: number | undefined;
}

const open: Span = { oldest: 0, newest: undefined };

/** `from` and `to` as the inputs have them; undefined until both are found. */
export function useSpan(from: string | undefined, to: string | undefined): Span | undefined {
  const [found, setFound] = useState<{ readonly key: string; readonly span: Span }>();
  const key = `${from ?? ''} ${to ?? ''}`;
  const isOpen = from === undefined && to === undefined;
  useEffect(() => {
    if (isOpen) return;
    let gone = false;
    void Promise.all([rowBefore(from), rowBefore(to)]).then(([oldest, newest]) => {
      if (!gone) setFound({ key, span: { oldest: oldest ?? 0, newest } });
    });
    return () => {
      gone = true;
    };
  }, [key]);
  if (isOpen) return open;
  return found?.key === key ? found.span : undefined;
}

async function rowBefore(text: string | undefined): Promise<number | undefined> {
  const atMs = text === undefined ? undefined : fromLocalInput(text);
  if (atMs === undefined) return undefined;
  const answer = await ask<{ seq: number }>('GET', `/api/v1/event-position?atMs=${atMs}`);
  return answer.ok ? answer.value.seq : undefined;
}
