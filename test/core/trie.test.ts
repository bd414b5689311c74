import assert from 'node:assert/strict';
import fc from 'fast-check';
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

type Change = { readonly key: string; readonly value: number | undefined };

/** Two keys of one hash that begin alike, by the birthday paradox. */
function collidingKeys(prefix: string): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; i < 2_000_000; i += 1) {
    const key = `${prefix}${i.toString(36)}`;
    const hash = hashOf(key);
    const other = seen.get(hash);
    if (other !== undefined) return [other, key];
    seen.set(hash, key);
  }
  throw new Error(`no two keys collide after ${prefix}`);
}

/** Four keys of one hash: a suffix pair that collides after one key collides after its twin too. */
function fourCollidingKeys(): readonly string[] {
  const [a, b] = collidingKeys('user-');
  const [c, d] = collidingKeys(`${a}/`);
  const suffixes = [c, d].map((key) => key.slice(a.length));
  return [a, b].flatMap((key) => suffixes.map((suffix) => key + suffix));
}

const colliding = fourCollidingKeys();
const key = fc.oneof(fc.constantFrom(...colliding), fc.string({ maxLength: 3 }), fc.string());
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) }),
  { maxLength: 100, size: 'max' },
);

function changed(trie: Trie<number>, { key, value }: Change): Trie<number> {
  return value === undefined ? trieRemove(trie, key) : trieSet(trie, key, value);
}

function contents(trie: Trie<number>): readonly (readonly [string, number])[] {
  return [...trieEntries(trie)].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('trie', () => {
  it('the four colliding keys do collide, and stay apart', () => {
    assert.equal(new Set(colliding).size, 4);
    assert.equal(new Set(colliding.map(hashOf)).size, 1);
    const full = colliding.reduce((trie, key, i) => trieSet(trie, key, i), emptyTrie<number>());
    assert.deepEqual(
      colliding.map((key) => trieGet(full, key)),
      [0, 1, 2, 3],
    );
    assert.equal(trieGet(trieRemove(full, colliding[1] ?? ''), colliding[1] ?? ''), undefined);
  });

  it('is a Map, whatever is set and removed', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const model = new Map<string, number>();
        let trie = emptyTrie<number>();
        for (const change of list) {
          trie = changed(trie, change);
          if (change.value === undefined) model.delete(change.key);
          else model.set(change.key, change.value);
          assert.equal(trie.size, model.size);
          assert.equal(trieGet(trie, change.key), model.get(change.key));
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
        const versions: Trie<number>[] = [emptyTrie<number>()];
        const before: ReturnType<typeof contents>[] = [[]];
        for (const change of list) {
          const next = changed(versions.at(-1) ?? emptyTrie<number>(), change);
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
    const few = keys.slice(0, 100).reduce((trie, key, i) => trieSet(trie, key, i), emptyTrie<number>());
    const many = keys.slice(100).reduce((trie, key, i) => trieSet(trie, key, i), few);
    const again = keys.slice(100).reduce((trie, key) => trieRemove(trie, key), many);
    assert.deepEqual(again, few);
    assert.deepEqual(
      keys.slice(0, 100).reduce((trie, key) => trieRemove(trie, key), again),
      emptyTrie<number>(),
    );
  });

  it('built at once it is the same as set one by one, colliding keys too', () => {
    const keys = fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom(...fourCollidingKeys())));
    fc.assert(
      fc.property(keys, (distinct) => {
        const builder = trieBuilder<number>();
        for (const [index, key] of distinct.entries()) builder.add(key, index);
        const built = builder.done();
        const set = distinct.reduce((trie, key, index) => trieSet(trie, key, index), emptyTrie<number>());
        assert.equal(built.size, distinct.length);
        assert.deepEqual(new Map(trieEntries(built)), new Map(trieEntries(set)));
        for (const [index, key] of distinct.entries()) assert.equal(trieGet(built, key), index);
        const without = distinct.reduce((trie, key) => trieRemove(trie, key), built);
        assert.equal(without.size, 0);
      }),
    );
  });

  it('removing what is not there gives the same map back', () => {
    const one = trieSet(emptyTrie<number>(), 'ann', 1);
    assert.equal(trieRemove(one, 'bob'), one);
    assert.deepEqual(trieRemove(emptyTrie<number>(), 'bob'), emptyTrie<number>());
  });
});
