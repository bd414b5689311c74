/** One call of the dialect, and what came of it. */
import type { StoredSource } from '../../core/management.js';
import type { Actor } from '../../core/model.js';

export interface FacadeCall {
  readonly target: string;
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly query: URLSearchParams;
}

export interface Asked extends FacadeCall {
  readonly method: string;
  readonly source: StoredSource;
  readonly by: Actor;
}

export interface Outcome {
  /** 0 = done. */
  readonly retcode: number;
  readonly message?: string;
  readonly data?: object;
}

export const badParameter: Outcome = { retcode: -2, message: 'Error Param' };

/** What is wrong, and with what. */
export function fault(what: string | undefined, message: string): Outcome {
  return { retcode: -2, message: `Error Param: ${what === undefined ? '' : `${what}: `}${message}` };
}

/** Records in one call: more hang the devices this dialect is made for, and would keep our doors waiting. */
const recordsMax = 1_000;

export type Item = Readonly<Record<string, unknown>>;

/** The records of a call; undefined = none, too many, or no records. */
export function itemsOf({ data }: Asked): readonly Item[] | undefined {
  const items = data['item'];
  if (!Array.isArray(items) || items.length === 0 || items.length > recordsMax) return undefined;
  return items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
    ? (items as Item[])
    : undefined;
}

/** A value of a record as text; what is neither text nor number is empty. */
export function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
