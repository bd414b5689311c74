/** Switches off the core's rules one by one and looks whether the simulation, the naive model, the transcripts notice. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { firstProblem } from './chase.js';
import type { Mutant } from './mutant.js';
import { mutants, zoneModelMutants, zoneTranscriptMutants } from './mutantList.js';
import { compareHistories } from './zoneDifferential.js';

/** What became of one mutant. */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'survived' }
  /** The mutant is no program, so it proves nothing. */
  | { readonly kind: 'broken'; readonly error: string }
  | { readonly kind: 'not-found'; readonly times: number };

const self = fileURLToPath(import.meta.url);
const built = fileURLToPath(new URL('../../', import.meta.url));
const builtCore = join(built, 'src/core');

/** How often the place to be changed stands in the built core. */
export function timesFound({ file, find }: Mutant): number {
  return readFileSync(join(builtCore, file), 'utf8').split(find).length - 1;
}

/** Sets the exhaustive run and so many seeds on one mutant. */
export const hunt = (mutant: Mutant, seeds: number): Verdict =>
  onMutant(mutant, (folder) => chase(folder, ['--chase', String(seeds)]));

/** Plays so many random histories against one mutant and the naive model. */
export const huntByModel = (mutant: Mutant, histories: number): Verdict =>
  onMutant(mutant, (folder) => chase(folder, ['--model', String(histories)]));

/** Plays the transcripts of anti-passback on one mutant. */
export const huntByTranscripts = (mutant: Mutant): Verdict =>
  onMutant(mutant, (folder) => {
    for (const part of ['src/readers/wiegand', 'test/site', 'test/core']) {
      cpSync(join(built, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(built, '../node_modules'), join(folder, 'node_modules'));
    return chase(folder, ['--transcripts', folder]);
  });

/** Builds one mutant in a folder of its own, laid out as the built project. */
function onMutant(mutant: Mutant, hunted: (folder: string) => Verdict): Verdict {
  const times = timesFound(mutant);
  if (times !== 1) return { kind: 'not-found', times };
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-mutant-'));
  try {
    cpSync(builtCore, join(folder, 'src/core'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    const path = join(folder, 'src/core', mutant.file);
    const parts = readFileSync(path, 'utf8').split(mutant.find);
    writeFileSync(path, `${mutant.prelude ?? ''}\n${parts.join(mutant.replace)}`);
    return hunted(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function chase(folder: string, args: readonly string[]): Verdict {
  const child = spawnSync(process.execPath, [self, ...args], {
    env: { ...process.env, CORE_DIR: join(folder, 'src/core') },
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
function say(problem: string | undefined): number {
  process.stdout.write(`${problem ?? 'survived'}\n`);
  return problem === undefined ? 0 : 1;
}

/** Seed and rule: a whole history would drown the list. */
function modelProblem(histories: number): string | undefined {
  const lines = compareHistories(1, histories)?.split('\n');
  return lines && `the naive model at ${lines[0]?.split(':')[0]}, ${lines.at(-1)}`;
}

const transcripts = [
  ...[
    'howHard',
    'howLong',
    'nested',
    'whatCounts',
    'forgiving',
    'counting',
    'actions',
    'alarms',
    'edges',
  ].map((name) => `antipassback/${name}`),
  'openCases',
  'openCasesLater',
  'sweep',
];

class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

/** The first transcript that differs on the core of that folder. */
async function transcriptProblem(folder: string): Promise<string | undefined> {
  const mocha = new Mocha({ reporter: Silent, timeout: 20_000, bail: true });
  for (const name of transcripts) mocha.addFile(join(folder, 'test/core', `${name}.test.js`));
  await mocha.loadFilesAsync();
  let failed: string | undefined;
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('fail', (test) => {
        failed ??= `transcript "${test.title}"`;
      });
  });
  return failed;
}

async function main(args: readonly string[]): Promise<number> {
  const [how, what = ''] = args;
  if (how === '--chase') return say(firstProblem(Number(what)));
  if (how === '--model') return say(modelProblem(Number(what)));
  if (how === '--transcripts') return say(await transcriptProblem(what));
  const only = args.find((arg) => !arg.startsWith('--'));
  const lists = [
    { of: zoneModelMutants, by: (one: Mutant) => huntByModel(one, 10_000) },
    { of: zoneTranscriptMutants, by: huntByTranscripts },
    { of: args.includes('--zones') ? [] : mutants, by: (one: Mutant) => hunt(one, 2_000) },
  ];
  let tried = 0;
  let failures = 0;
  for (const { of, by } of lists) {
    for (const mutant of of) {
      if (only !== undefined && !mutant.name.includes(only)) continue;
      tried += 1;
      const verdict = by(mutant);
      if (verdict.kind !== 'killed') failures += 1;
      process.stdout.write(`${mutant.name} (${mutant.file}, breaks ${mutant.rule}): ${describe(verdict)}\n`);
    }
  }
  process.stdout.write(`${tried} mutants, ${failures} not killed\n`);
  return failures === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await main(process.argv.slice(2));
