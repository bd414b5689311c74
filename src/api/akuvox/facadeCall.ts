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
