/** A deliberate fault of the core: a change of one place in the built JavaScript. */
export interface Mutant {
  readonly name: string;
  /** File of the built core. */
  readonly file: string;
  /** Stands exactly once in that file. */
  readonly find: string;
  readonly replace: string;
  /** The rule it breaks. */
  readonly rule: string;
  /** What the fault must import. */
  readonly prelude?: string;
}

/** A mutant of one snippet. */
export const mutant = (name: string, file: string, find: string, replace: string, rule: string): Mutant => ({
  name,
  file,
  find,
  replace,
  rule,
});
