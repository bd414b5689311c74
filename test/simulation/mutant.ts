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

/** Mutants of one file: by name, what to find, what to put there, the rule it breaks. */
export const faultsIn = (
  file: string,
  faults: Readonly<Record<string, readonly [find: string, replace: string, rule: string]>>,
): readonly Mutant[] =>
  Object.entries(faults).map(([name, [find, replace, rule]]) => mutant(name, file, find, replace, rule));
