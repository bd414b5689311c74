import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ZoneMark, ZoneRecord } from '../../src/core/state.js';
import type { Trie } from '../../src/core/trie.js';
import {
  emptyTrie,
  hashOf,
  trieBuilder,
  trieEntries,
  trieGet,
  trieRemove,
  trieSet,
} from '../../src/core/trie.js';

type Change = { readonly key: string; readonly value: ZoneRecord | undefined };

/** A record for each number: a few kinds, and times that are no small integers. */
function recordOf(n: number): ZoneRecord {
  const marks: readonly (readonly ZoneMark[])[] = [['blocked'], ['blocked', 'daily'], ['supervisor']];
  const some = marks[n % 5];
  return {
    direction: n % 2 === 0 ? 'entry' : 'exit',
    reader: `reader-${n % 3}`,
    boot: n % 7 === 0 ? 'boot-1' : 'boot-2',
    monoMs: n * 1_000.5,
    wallMs: 1_790_000_000_000 + n,
    trusted: n % 4 !== 0,
    ...(some === undefined ? {} : { marks: some }),
  };
}

/** Two keys of one hash that begin alike, by the birthday paradox. */
function collidingKeys(prefix: string): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; i < 2_000_000; i += 1) {
    const key = `${prefix}${(Math.imul(i, 0x9e3779b1) >>> 0).toString(36)}`;
    const hash = hashOf(key);
    const other = seen.get(hash);
    if (other !== undefined) return [other, key];
    seen.set(hash, key);
  }
  throw new Error(`no two keys collide after ${prefix}`);
}

/** 2^pairs keys of one hash: a suffix pair that collides after one key collides after all of the same hash. */
function manyCollidingKeys(pairs: number): readonly string[] {
  let keys: readonly string[] = ['user-'];
  for (let i = 0; i < pairs; i += 1) {
    const [first = ''] = keys;
    const suffixes = collidingKeys(`${first}/`).map((key) => key.slice(first.length));
    keys = keys.flatMap((key) => suffixes.map((suffix) => key + suffix));
  }
  return keys;
}

const colliding = manyCollidingKeys(2);
const key = fc.oneof(fc.constantFrom(...colliding), fc.string({ maxLength: 3 }), fc.string());
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ key, value: fc.option(fc.nat().map(recordOf), { nil: undefined }) }),
  { maxLength: 200, size: 'max' },
);

function changed(trie: Trie, { key, value }: Change): Trie {
  return value === undefined ? trieRemove(trie, key) : trieSet(trie, key, value);
}

function contents(trie: Trie): readonly (readonly [string, ZoneRecord])[] {
  return [...trieEntries(trie)].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('trie', () => {
  it('the four colliding keys do collide, and stay apart', () => {
    assert.equal(new Set(colliding).size, 4);
    assert.equal(new Set(colliding.map(hashOf)).size, 1);
    const full = colliding.reduce((trie, key, i) => trieSet(trie, key, recordOf(i)), emptyTrie());
    assert.deepEqual(
      colliding.map((key) => trieGet(full, key)),
      [0, 1, 2, 3].map(recordOf),
    );
    assert.equal(trieGet(trieRemove(full, colliding[1] ?? ''), colliding[1] ?? ''), undefined);
  });

  it('is a Map, whatever is set and removed', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const model = new Map<string, ZoneRecord>();
        let trie = emptyTrie();
        for (const change of list) {
          trie = changed(trie, change);
          if (change.value === undefined) model.delete(change.key);
          else model.set(change.key, change.value);
          assert.equal(trie.size, model.size);
          assert.deepEqual(trieGet(trie, change.key), model.get(change.key));
        }
        assert.deepEqual(
          contents(trie),
          [...model].sort(([a], [b]) => (a < b ? -1 : 1)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('every version stays as it was', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const versions: Trie[] = [emptyTrie()];
        const before: ReturnType<typeof contents>[] = [[]];
        for (const change of list) {
          const next = changed(versions.at(-1) ?? emptyTrie(), change);
          versions.push(next);
          before.push(contents(next));
        }
        assert.deepEqual(versions.map(contents), before);
      }),
      { numRuns: 50 },
    );
  });

  it('the shape follows from the contents alone: what came and went leaves nothing behind', () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => `key-${i}`);
    const few = keys.slice(0, 100).reduce((trie, key, i) => trieSet(trie, key, recordOf(i)), emptyTrie());
    const many = keys.slice(100).reduce((trie, key, i) => trieSet(trie, key, recordOf(i)), few);
    const again = keys.slice(100).reduce((trie, key) => trieRemove(trie, key), many);
    assert.deepEqual(again.root, few.root);
    assert.deepEqual(
      keys.slice(0, 100).reduce((trie, key) => trieRemove(trie, key), again),
      emptyTrie(),
    );
  });

  it('built at once it is the same as set one by one, colliding keys too', () => {
    const keys = fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom(...colliding)));
    fc.assert(
      fc.property(keys, (distinct) => {
        const builder = trieBuilder();
        for (const [index, key] of distinct.entries()) builder.add(key, recordOf(index));
        const built = builder.done();
        const set = distinct.reduce((trie, key, index) => trieSet(trie, key, recordOf(index)), emptyTrie());
        assert.equal(built.size, distinct.length);
        assert.deepEqual(new Map(trieEntries(built)), new Map(trieEntries(set)));
        for (const [index, key] of distinct.entries()) assert.deepEqual(trieGet(built, key), recordOf(index));
        const without = distinct.reduce((trie, key) => trieRemove(trie, key), built);
        assert.equal(without.size, 0);
      }),
    );
  });

  it('more users of one hash than fit together stay apart too', () => {
    const many = manyCollidingKeys(6);
    assert.equal(new Set(many.map(hashOf)).size, 1);
    const set = many.reduce((trie, key, i) => trieSet(trie, key, recordOf(i)), emptyTrie());
    assert.equal(set.size, 64);
    for (const [i, key] of many.entries()) assert.deepEqual(trieGet(set, key), recordOf(i));
    assert.equal(many.reduce(trieRemove, set).size, 0);
  });

  it('removing what is not there gives the same map back', () => {
    const one = trieSet(emptyTrie(), 'ann', recordOf(1));
    assert.equal(trieRemove(one, 'bob'), one);
    assert.deepEqual(trieRemove(emptyTrie(), 'bob'), emptyTrie());
  });
});
