/** Switches off the core's rules one by one and looks whether the simulation notices. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { firstProblem } from './chase.js';
import type { Mutant } from './mutant.js';
import { mutants } from './mutantList.js';

/** What became of one mutant. */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'survived' }
  /** The mutant is no program, so it proves nothing. */
  | { readonly kind: 'broken'; readonly error: string }
  | { readonly kind: 'not-found'; readonly times: number };

const self = fileURLToPath(import.meta.url);
const builtCore = fileURLToPath(new URL('../../src/core/', import.meta.url));

/** How often the place to be changed stands in the built core. */
export function timesFound({ file, find }: Mutant): number {
  return readFileSync(join(builtCore, file), 'utf8').split(find).length - 1;
}

/** Builds one mutant in a folder of its own and sets the exhaustive run and so many seeds on it. */
export function hunt(mutant: Mutant, seeds: number): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-mutant-'));
  try {
    cpSync(builtCore, folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    const path = join(folder, mutant.file);
    const times = timesFound(mutant);
    if (times !== 1) return { kind: 'not-found', times };
    const parts = readFileSync(path, 'utf8').split(mutant.find);
    writeFileSync(path, `${mutant.prelude ?? ''}\n${parts.join(mutant.replace)}`);
    return chase(folder, seeds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function chase(core: string, seeds: number): Verdict {
  const child = spawnSync(process.execPath, [self, '--chase', String(seeds)], {
    env: { ...process.env, CORE_DIR: core },
    encoding: 'utf8',
    timeout: 120_000,
  });
  const said = child.stdout.trim();
  if (child.status === 0 && said === 'survived') return { kind: 'survived' };
  if (child.status === 1 && said !== '') return { kind: 'killed', by: said };
  // One that hangs is found out by whoever waits for it.
  if (child.signal === 'SIGTERM') return { kind: 'killed', by: 'never coming to an end' };
  return { kind: 'broken', error: child.error?.message ?? child.stderr.slice(0, 300) };
}

function describe(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'killed':
      return `killed by ${verdict.by}`;
    case 'broken':
      return `broken, ${verdict.error}`;
    case 'not-found':
      return `snippet found ${verdict.times} times, not once`;
    case 'survived':
      return 'SURVIVED';
  }
}

/** In a process of its own, with CORE_DIR naming the mutant: says what found it out, or that nothing did. */
function chaseHere(seeds: number): number {
  const problem = firstProblem(seeds);
  process.stdout.write(`${problem ?? 'survived'}\n`);
  return problem === undefined ? 0 : 1;
}

function main(args: readonly string[]): number {
  if (args[0] === '--chase') return chaseHere(Number(args[1]));
  const only = args.find((arg) => !arg.startsWith('--'));
  let tried = 0;
  let failures = 0;
  for (const mutant of mutants) {
    if (only !== undefined && !mutant.name.includes(only)) continue;
    tried += 1;
    const verdict = hunt(mutant, 2_000);
    if (verdict.kind !== 'killed') failures += 1;
    process.stdout.write(`${mutant.name} (${mutant.file}, breaks ${mutant.rule}): ${describe(verdict)}\n`);
  }
  process.stdout.write(`${tried} mutants, ${failures} not killed\n`);
  return failures === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = main(process.argv.slice(2));
