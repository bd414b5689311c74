/** The house rules that a reader of the code relies on, as a test: who imports whom, sizes, names, clocks. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, posix } from 'node:path';

/** What a folder may import besides itself; a path ending in `/` is a folder. The longest matching row counts. */
const mayImport: Readonly<Record<string, { readonly ours: readonly string[]; readonly packages: boolean }>> =
  {
    'src/core/': { ours: [], packages: false },
    'src/readers/': { ours: ['src/core/'], packages: false },
    'src/control/': { ours: ['src/core/', 'src/readers/', 'hardware/ports.ts'], packages: true },
    'src/storage/': { ours: ['src/core/'], packages: true },
    'src/api/': { ours: ['src/core/'], packages: true },
    'src/outbound/': { ours: ['src/core/'], packages: true },
    'src/config/': { ours: ['src/core/'], packages: true },
    // The commands of `sallyport`: each puts parts together, as cli.ts would if it had the room.
    'src/commands/': { ours: ['src/', 'hardware/'], packages: true },
    'src/demo/': { ours: ['src/core/'], packages: true },
    'src/ui/': { ours: [], packages: true },
    'hardware/': { ours: [], packages: true },
    'test/': { ours: ['src/', 'hardware/'], packages: true },
  };
/** Files directly in `src/` put the parts together and may import everything. */
const isRoot = (file: string) => /^src\/[^/]+\.ts$/.test(file);

const fileLinesMax = 400;
const functionLinesMax = 70;
const vagueNames = ['index', 'util', 'utils', 'helper', 'helpers', 'types', 'common', 'misc'];

interface Source {
  readonly file: string;
  readonly text: string;
}

/** Everything wrong with one file, each as `file:line: what; what is allowed`. */
function faultsOf(source: Source): readonly string[] {
  return [importFaults, sizeFaults, functionFaults, nameFaults, lineFaults].flatMap((rule) => rule(source));
}

function importFaults({ file, text }: Source): readonly string[] {
  if (isRoot(file)) return [];
  const row = Object.keys(mayImport)
    .filter((folder) => file.startsWith(folder))
    .sort((a, b) => b.length - a.length)[0];
  const rule = row === undefined ? undefined : mayImport[row];
  if (row === undefined || rule === undefined) {
    return [`${file}:1: no rule for this folder; give it a row in the table of test/tidy.test.ts`];
  }
  const allowed = [row, ...rule.ours, ...(rule.packages ? ['packages'] : [])];
  return importsOf(text).flatMap(({ specifier, line }) => {
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : 'packages';
    const good = allowed.some((one) => (one.endsWith('/') ? target.startsWith(one) : target === one));
    return good ? [] : [`${file}:${line}: imports ${specifier}; allowed: ${allowed.join(', ')}`];
  });
}

/** Static, re-exporting, side-effect, dynamic and type imports, and workers started by URL. */
function importsOf(text: string): readonly { readonly specifier: string; readonly line: number }[] {
  const forms = [
    /^(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"`](\.[^'"`]+\.js)['"`]/g,
  ];
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map((match) => ({
      specifier: match[1] ?? '',
      line: text.slice(0, match.index + match[0].length).split('\n').length,
    })),
  );
}

function sizeFaults({ file, text }: Source): readonly string[] {
  const lines = text.trimEnd().split('\n').length;
  return lines <= fileLinesMax ? [] : [`${file}:1: ${lines} lines; allowed: ${fileLinesMax}`];
}

/** The formatter puts the end of a body under its beginning; a suite of tests is not one function. */
function functionFaults({ file, text }: Source): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const opens =
      /(\)|=>).*\{$/.test(line) && !/^\s*(?:\} )?(?:if|else|for|while|switch|catch|try)\b/.test(line);
    if (!opens || /^\s*describe\(/.test(line)) return [];
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const length = lines.slice(index).findIndex((later) => later.startsWith(`${indent}}`)) + 1;
    if (length <= functionLinesMax) return [];
    const isSuite = lines
      .slice(index, index + length)
      .some((inner) => inner.startsWith(`${indent}  describe(`));
    if (isSuite) return [];
    return [`${file}:${index + 1}: a function of ${length} lines; allowed: ${functionLinesMax}`];
  });
}

function nameFaults({ file }: Source): readonly string[] {
  const name = basename(file).split('.')[0] ?? '';
  if (!vagueNames.includes(name)) return [];
  return [`${file}:1: named ${name}; name a file after the one thing in it`];
}

const readsClock = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.hrtime\b/;
const mayReadClock = (file: string) =>
  file === 'src/control/clock.ts' || file === 'src/ui/clock.ts' || file.startsWith('test/') || isRoot(file);

function lineFaults({ file, text }: Source): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const where = `${file}:${index + 1}`;
    // Comments may speak of what code must not do.
    const code = line.replace(/^\s*(?:\/\/|\/?\*).*/, '');
    return [
      ...(/^export default\b/.test(code) ? [`${where}: default export; allowed: named exports`] : []),
      ...(readsClock.test(code) && !mayReadClock(file)
        ? [`${where}: reads a clock; allowed: the clock.ts of control and ui, else time comes in as a value`]
        : []),
      ...(/\bsetTimeout\(.*(?:[dD]eadline|[uU]ntil)/.test(code) && !code.includes('Math.min(')
        ? [
            `${where}: a deadline given to setTimeout, which fires at once above 24.8 days; cap it with Math.min`,
          ]
        : []),
    ];
  });
}

function read(): readonly Source[] {
  return ['src', 'hardware', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => ({ file, text: readFileSync(file, 'utf8') })),
  );
}

describe('tidy: the code', () => {
  const sources = read().filter(({ file }) => file !== 'test/tidy.test.ts');
  const imports = sources.flatMap(({ text }) => importsOf(text)).length;

  it(`keeps the house rules (read ${sources.length} files, ${imports} imports)`, () => {
    assert.ok(
      sources.length > 20 && imports > sources.length,
      'too little was read: is this the package folder?',
    );
    const faults = sources.flatMap(faultsOf);
    assert.deepEqual(faults, [], `\n${faults.join('\n')}`);
  });

  it('is kept by this file too', () => {
    const text = readFileSync('test/tidy.test.ts', 'utf8');
    assert.deepEqual([...sizeFaults({ file: 'test/tidy.test.ts', text })], []);
  });
});

describe('tidy: each rule can fail', () => {
  const bad: readonly [file: string, text: string, fault: RegExp][] = [
    [
      'src/core/a.ts',
      "import { x } from '../readers/b.js';",
      /:1: imports \.\.\/readers\/b\.js; allowed: src\/core\/$/,
    ],
    ['src/core/a.ts', "import { join } from 'node:path';", /imports node:path/],
    ['src/core/a.ts', "import type { X } from 'zod';", /imports zod/],
    ['src/core/a.ts', "import {\n  x,\n} from '../api/b.js';", /:3: imports/],
    ['src/core/a.ts', "export { x } from '../api/b.js';", /imports/],
    ['src/core/a.ts', "export * from '../api/b.js';", /imports/],
    ['src/core/a.ts', "import '../api/b.js';", /imports/],
    ['src/core/a.ts', "const x = await import('../api/b.js');", /imports/],
    ['src/core/a.ts', "type X = import('../api/b.js').X;", /imports/],
    ['src/core/deep/a.ts', "import { x } from '../../control/b.js';", /imports/],
    ['src/readers/osdp/a.ts', "import { x } from '../../storage/b.js';", /imports/],
    ['src/storage/a.ts', "import { x } from '../api/b.js';", /imports/],
    ['src/api/akuvox/a.ts', "import { x } from '../../config/b.js';", /imports/],
    ['src/config/a.ts', "import { x } from '../../hardware/ports.js';", /imports/],
    ['src/ui/pages/a.tsx', "import type { X } from '../../core/model.js';", /imports/],
    ['src/control/a.ts', "import { x } from '../../hardware/mock/b.js';", /imports/],
    ['src/control/a.ts', "new Worker(new URL('../storage/b.js', import.meta.url));", /imports/],
    ['hardware/mock/a.ts', "import { x } from '../../src/core/b.js';", /imports/],
    ['src/unknown/a.ts', '', /no rule for this folder/],
    ['src/core/index.ts', '', /named index/],
    ['src/api/utils.ts', '', /named utils/],
    ['test/site/helpers.test.ts', '', /named helpers/],
    ['src/core/a.ts', 'x\n'.repeat(401), /401 lines; allowed: 400/],
    ['src/core/a.ts', `function f() {\n${'  x;\n'.repeat(69)}}`, /:1: a function of 71 lines; allowed: 70/],
    [
      'src/core/a.ts',
      `function f(\n  a: number,\n): void {\n${'  x;\n'.repeat(69)}}`,
      /:3: a function of 71/,
    ],
    ['src/core/a.ts', `const f = async (a: X) => {\n${'  x;\n'.repeat(69)}};`, /a function of 71/],
    ['src/core/a.ts', `class A {\n  b(): void {\n${'    x;\n'.repeat(69)}  }\n}`, /:2: a function of 71/],
    ['src/core/a.ts', 'export default 1;', /default export/],
    ['src/api/a.ts', 'const now = Date.now();', /reads a clock/],
    ['src/api/a.ts', 'const now = new Date();', /reads a clock/],
    ['hardware/mock/a.ts', 'const now = performance.now();', /reads a clock/],
    ['src/control/a.ts', 'const now = process.hrtime.bigint();', /reads a clock/],
    ['src/control/a.ts', 'setTimeout(wake, deadlineMonoMs - now);', /a deadline given to setTimeout/],
  ];
  for (const [file, text, fault] of bad) {
    it(`${file}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      const faults = faultsOf({ file, text });
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('good samples pass', () => {
    const good: readonly Source[] = [
      { file: 'src/core/a.ts', text: "import type { X } from './model.js';\nexport * from './deep/b.js';" },
      { file: 'src/readers/wiegand/a.ts', text: "import type { X } from '../../core/model.js';" },
      { file: 'src/control/a.ts', text: "import type { Edge } from '../../hardware/ports.js';" },
      { file: 'src/main.ts', text: "import { x } from './api/a.js';\nconst now = Date.now();" },
      { file: 'test/api/a.test.ts', text: `describe('x', () => {\n${'  x;\n'.repeat(90)}});\nDate.now();` },
      { file: 'src/api/a.ts', text: '/** Not `Date.now()`. */\nconst then = new Date(nowMs);' },
      { file: 'src/control/a.ts', text: 'setTimeout(wake, Math.min(deadlineMonoMs - now, LONGEST_MS));' },
      { file: 'src/core/a.ts', text: `function f() {\n${'  x;\n'.repeat(68)}}` },
    ];
    assert.deepEqual(good.flatMap(faultsOf), []);
  });
});
