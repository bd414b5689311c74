import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { fullSite, known } from './known.js';

function errorsOf(text: string): readonly string[] {
  const result = parseSiteFile(text, 's.yaml', known);
  return result.ok ? [] : result.errors.map(formatSiteError);
}

describe('site file: hostile text', () => {
  it('bombs of aliases, deep nesting, many keys and size end quickly as errors', () => {
    let bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\n';
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => [...pair])) {
      bomb += `${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]\n`;
    }
    assert.match(errorsOf(bomb)[0] ?? '', /cannot be read/);
    // Composed, these would end in a fatal error of the engine, not in an exception.
    for (const nest of ['[', '- ', '? ', '{a: ']) {
      assert.match(errorsOf(nest.repeat(100_000)).join(), /nested more than 32 levels/);
    }
    assert.ok(errorsOf(`a: &a [*a]\ndoors: *a\n`).length > 0);
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');
    assert.equal(errorsOf(keys).length, 100);
    assert.deepEqual(errorsOf('#'.repeat(1024 * 1024 + 1)), [
      's.yaml: larger than 1 MiB; a site file is a few kilobytes',
    ]);
  });

  it('no error text carries a control character of the file', () => {
    for (const error of errorsOf('"\\e[31m\\n": "\\0"\ntimeZone: "\\a\\e]0;x"\nboard: "\\r\\n"')) {
      assert.doesNotMatch(error, /\p{Cc}/u);
    }
  });

  const total = (text: string) => {
    const result = parseSiteFile(text, 's.yaml', known);
    if (result.ok) {
      assert.ok(result.site.doors.length > 0);
      return;
    }
    assert.ok(result.errors.length > 0);
    const lineCount = text.split(/\r\n|\n|\r/).length;
    for (const error of result.errors) {
      assert.ok(error.problem !== '' && error.remedy !== '' && !error.remedy.includes('undefined'));
      assert.doesNotMatch(formatSiteError(error), /\n/);
      if (error.place === undefined) continue;
      assert.ok(error.place.line >= 1 && error.place.line <= lineCount + 1 && error.place.column >= 1);
    }
  };

  it('any text gives a value', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), total), { numRuns: 1000 });
    const yaml = fc.string({ unit: fc.constantFrom(...'&*!|>%@`"\'{}[],:?#- \n\tab01~<\\'), maxLength: 80 });
    fc.assert(fc.property(yaml, total), { numRuns: 3000 });
  });

  it('any value in place of any part gives a value', () => {
    const parts = [...fullSite.matchAll(/[\w./-]+/g)].map((match) => [match.index, match[0].length] as const);
    const put = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.constantFrom(
        '~',
        '*x',
        '&x',
        '<<',
        '__proto__',
        'constructor',
        'toString',
        '1e999',
        '.nan',
        '!!set',
        '|',
      ),
    );
    const mutation = fc.array(fc.tuple(fc.constantFrom(...parts), put), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(mutation, (changes) => {
        const backwards = [...changes].sort(([a], [b]) => b[0] - a[0]);
        let text = fullSite;
        for (const [[from, length], value] of backwards) {
          text = text.slice(0, from) + value + text.slice(from + length);
        }
        total(text);
      }),
      { numRuns: 1500 },
    );
  });
});
