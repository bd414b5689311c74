/** Errors of the API as RFC 9457 problems that name the field. */
import type { DenyReason } from '../core/decision.js';
import type { WriteFailure } from '../core/management.js';

export interface FieldError {
  /** Path of the field in the body, dots between; or the name of the parameter. */
  readonly field: string;
  readonly message: string;
}

/** A refusal as a value; handlers return it, the router sends it as application/problem+json. */
export interface Problem {
  readonly problem: {
    readonly status: number;
    readonly title: string;
    readonly detail: string;
    readonly errors?: readonly FieldError[];
    /** The core's word, where a rule refused. */
    readonly reason?: DenyReason;
  };
  readonly retryAfterSeconds?: number;
  /** As in a reply. */
  readonly fileSha256?: string;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A problem of this status; `detail` says what, which and what to do. */
export function problem(status: number, detail: string, errors?: readonly FieldError[]): Problem {
  const title = titles[status] ?? 'Error';
  return { problem: { status, title, detail, ...(errors === undefined ? {} : { errors }) } };
}

/** A problem that will pass: 429 and 503 carry Retry-After. */
export function laterProblem(status: 429 | 503, detail: string, retryAfterSeconds: number): Problem {
  return { ...problem(status, detail), retryAfterSeconds };
}

/** One wrong field. */
export function fieldProblem(field: string, message: string, status = 400): Problem {
  return problem(status, `${field}: ${message}`, [{ field, message }]);
}

export function notFound(what: string): Problem {
  return problem(404, `There is no ${what}.`);
}

/** A rule of the core refused: what passes by itself is 503, what is missing 404, everything else 409. */
export function deniedProblem(reason: DenyReason): Problem {
  if (reason === 'storage-failed' || reason === 'relay-failed' || reason === 'not-ready') {
    return withReason(laterProblem(503, `The controller cannot do this now: ${reason}.`, 5), reason);
  }
  const status = reason.startsWith('unknown-') ? 404 : 409;
  return withReason(problem(status, `The controller refused: ${reason}.`), reason);
}

/** What storage refused, as the client should hear it. */
export function writeProblem(error: WriteFailure): Problem {
  switch (error.kind) {
    case 'stale':
      return problem(412, `It was changed meanwhile: revision ${error.revision}. Read it again and repeat.`);
    case 'missing':
      return notFound(`such entry in ${error.collection}`);
    case 'conflict':
      return fieldProblem(error.field, error.message, 409);
    case 'storage':
      return laterProblem(503, 'The change could not be stored. Nothing was changed.', 5);
  }
}

function withReason(of: Problem, reason: DenyReason): Problem {
  return { ...of, problem: { ...of.problem, reason } };
}
