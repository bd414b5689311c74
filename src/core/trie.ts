/**
 * A persistent map from text keys: `set` and `remove` return a new map and share everything untouched with
 * the old one, so that a step costs the same with ten users as with 240,000 and the state before it stays
 * whole. A hash array mapped trie, 32 branches a level, keys of equal hash side by side at the bottom.
 */
export interface Trie<T> {
  readonly size: number;
  readonly root: Node<T> | undefined;
}

type Node<T> = Leaf<T> | Branch<T>;

interface Leaf<T> {
  readonly key: string;
  readonly value: T;
  /** Another key with the same 32-bit hash. */
  readonly next: Leaf<T> | undefined;
}

interface Branch<T> {
  readonly bitmap: number;
  readonly children: readonly Node<T>[];
}

const empty: Trie<never> = { size: 0, root: undefined };

export function emptyTrie<T>(): Trie<T> {
  return empty;
}

export function trieGet<T>(trie: Trie<T>, key: string): T | undefined {
  const hash = hashOf(key);
  let node = trie.root;
  for (let shift = 0; node !== undefined && 'bitmap' in node; shift += 5) {
    const bit = 1 << ((hash >>> shift) & 31);
    node = (node.bitmap & bit) === 0 ? undefined : node.children[slot(node.bitmap, bit)];
  }
  for (let leaf = node; leaf !== undefined; leaf = leaf.next) {
    if (leaf.key === key) return leaf.value;
  }
  return undefined;
}

export function trieSet<T>(trie: Trie<T>, key: string, value: T): Trie<T> {
  const leaf: Leaf<T> = { key, value, next: undefined };
  const isNew = trieGet(trie, key) === undefined;
  return {
    size: isNew ? trie.size + 1 : trie.size,
    root: trie.root === undefined ? leaf : insert(trie.root, leaf, hashOf(key), 0),
  };
}

export function trieRemove<T>(trie: Trie<T>, key: string): Trie<T> {
  if (trie.root === undefined || trieGet(trie, key) === undefined) return trie;
  return { size: trie.size - 1, root: without(trie.root, key, hashOf(key), 0) };
}

/** A map in the making, to be filled with distinct keys: no copies on the way, unlike one `trieSet` after another. */
export interface TrieBuilder<T> {
  add(key: string, value: T): void;
  done(): Trie<T>;
}

export function trieBuilder<T>(): TrieBuilder<T> {
  const leaves: Leaf<T>[] = [];
  return {
    add: (key, value) => {
      leaves.push({ key, value, next: undefined });
    },
    done: () => ({ size: leaves.length, root: build(leaves, 0) }),
  };
}

/** All entries, in no promised order. */
export function* trieEntries<T>(trie: Trie<T>): Generator<readonly [string, T]> {
  if (trie.root !== undefined) yield* entriesOf(trie.root);
}

function* entriesOf<T>(node: Node<T>): Generator<readonly [string, T]> {
  if ('bitmap' in node) {
    for (const child of node.children) yield* entriesOf(child);
    return;
  }
  for (let leaf: Leaf<T> | undefined = node; leaf !== undefined; leaf = leaf.next) {
    yield [leaf.key, leaf.value];
  }
}

function insert<T>(node: Node<T>, leaf: Leaf<T>, hash: number, shift: number): Node<T> {
  if (!('bitmap' in node)) {
    const there = hashOf(node.key);
    if (there === hash) return { ...leaf, next: chainWithout(node, leaf.key) };
    return fork(node, there, leaf, hash, shift);
  }
  const bit = 1 << ((hash >>> shift) & 31);
  const at = slot(node.bitmap, bit);
  const children = node.children.slice();
  const child = children[at];
  if ((node.bitmap & bit) === 0 || child === undefined) {
    children.splice(at, 0, leaf);
    return { bitmap: node.bitmap | bit, children };
  }
  children[at] = insert(child, leaf, hash, shift + 5);
  return { bitmap: node.bitmap, children };
}

/** Two leaves of different hash under as many levels as it takes to tell them apart. */
function fork<T>(a: Leaf<T>, hashA: number, b: Leaf<T>, hashB: number, shift: number): Branch<T> {
  const indexA = (hashA >>> shift) & 31;
  const indexB = (hashB >>> shift) & 31;
  if (indexA === indexB) return { bitmap: 1 << indexA, children: [fork(a, hashA, b, hashB, shift + 5)] };
  return { bitmap: (1 << indexA) | (1 << indexB), children: indexA < indexB ? [a, b] : [b, a] };
}

/** The leaves of one place in the tree. */
function build<T>(leaves: readonly Leaf<T>[], shift: number): Node<T> | undefined {
  const [first] = leaves;
  if (first === undefined || leaves.length === 1) return first;
  // Past the hash's 32 bits only equal hashes are left together.
  if (shift > 30) return leaves.reduce((chain, leaf) => ({ ...leaf, next: chain }));
  const places: Leaf<T>[][] = Array.from({ length: 32 }, () => []);
  for (const leaf of leaves) places[(hashOf(leaf.key) >>> shift) & 31]?.push(leaf);
  let bitmap = 0;
  const children: Node<T>[] = [];
  places.forEach((place, index) => {
    const child = build(place, shift + 5);
    if (child === undefined) return;
    bitmap |= 1 << index;
    children.push(child);
  });
  return { bitmap, children };
}

function without<T>(node: Node<T>, key: string, hash: number, shift: number): Node<T> | undefined {
  if (!('bitmap' in node)) return chainWithout(node, key);
  const bit = 1 << ((hash >>> shift) & 31);
  const at = slot(node.bitmap, bit);
  const child = node.children[at];
  const rest = child === undefined ? undefined : without(child, key, hash, shift + 5);
  const children = node.children.slice();
  if (rest === undefined) children.splice(at, 1);
  else children[at] = rest;
  const only = children[0];
  if (children.length === 1 && only !== undefined && !('bitmap' in only)) return only;
  return { bitmap: rest === undefined ? node.bitmap & ~bit : node.bitmap, children };
}

function chainWithout<T>(leaf: Leaf<T>, key: string): Leaf<T> | undefined {
  if (leaf.key === key) return leaf.next;
  return { ...leaf, next: leaf.next === undefined ? undefined : chainWithout(leaf.next, key) };
}

function slot(bitmap: number, bit: number): number {
  return popCount(bitmap & (bit - 1));
}

function popCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** FNV-1a over UTF-16 units with a final mix, 32 bits. Not for secrets. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
