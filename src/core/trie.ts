/**
 * The records of one zone by user: a persistent map. `trieSet` and `trieRemove` return a new map and share everything
 * untouched with the old one, so that a step costs the same with ten users as with 240,000 and the state before it
 * stays whole. Four branches a level by the hash of the user; at the bottom buckets of up to 32 users in order.
 *
 * Packed, because 240,000 records as objects were 62 MB and are 18 so: of each record a bucket keeps three numbers,
 * its two times and the place of all the rest, which many records have in common, in a list of the map.
 */
import type { UserId } from './model.js';
import type { ZoneRecord } from './state.js';

export interface Trie {
  readonly size: number;
  readonly root: Node | undefined;
  /** Only grows, by what is new since the start: as many as there are readers and kinds of passage. */
  readonly kinds: Kinds;
}

/** What records have in common. */
type Kind = Omit<ZoneRecord, 'monoMs' | 'wallMs'>;

interface Kinds {
  readonly list: readonly Kind[];
  /** The place of each in the list. */
  readonly places: ReadonlyMap<string, number>;
}

type Node = Bucket | Branch;

interface Bucket {
  /** In ascending order. */
  readonly users: readonly UserId[];
  /** Of each user in turn: the place of the kind, monoMs, wallMs. */
  readonly numbers: readonly number[];
}

interface Branch {
  readonly size: number;
  readonly children: readonly (Node | undefined)[];
}

const perUser = 3;
const bucketMax = 32;
const ways = 4;
const bitsPerLevel = 2;
/** Past the hash's 32 bits only equal hashes are left together. */
const shiftMax = 32;

const none: Kinds = { list: [], places: new Map() };
const empty: Trie = { size: 0, root: undefined, kinds: none };

export function emptyTrie(): Trie {
  return empty;
}

export function trieGet({ root, kinds }: Trie, user: UserId): ZoneRecord | undefined {
  const hash = hashOf(user);
  let node = root;
  for (let shift = 0; node !== undefined && 'children' in node; shift += bitsPerLevel) {
    node = node.children[wayOf(hash, shift)];
  }
  if (node === undefined) return undefined;
  const at = placeOf(node.users, user);
  return node.users[at] === user ? recordAt(kinds, node, at) : undefined;
}

export function trieSet(trie: Trie, user: UserId, record: ZoneRecord): Trie {
  const [kinds, kind] = withKind(trie.kinds, record);
  const entry = { user, numbers: [kind, record.monoMs, record.wallMs] };
  const root = insert(trie.root, entry, hashOf(user), 0);
  return { size: sizeOf(root), root, kinds };
}

export function trieRemove(trie: Trie, user: UserId): Trie {
  const root = without(trie.root, user, hashOf(user), 0);
  if (root === trie.root) return trie;
  return root === undefined ? empty : { size: sizeOf(root), root, kinds: trie.kinds };
}

/** A map in the making, to be filled with distinct users: no copies on the way, unlike one `trieSet` after another. */
export interface TrieBuilder {
  add(user: UserId, record: ZoneRecord): void;
  done(): Trie;
}

export function trieBuilder(): TrieBuilder {
  let kinds = none;
  const users: UserId[] = [];
  const numbers: number[] = [];
  return {
    add: (user, record) => {
      const [known, kind] = withKind(kinds, record);
      kinds = known;
      users.push(user);
      numbers.push(kind, record.monoMs, record.wallMs);
    },
    done: () => {
      const all: Gathered = { users, numbers, hashes: Uint32Array.from(users, hashOf) };
      return { size: users.length, root: build(all, [...users.keys()], 0), kinds };
    },
  };
}

/** All entries, in no promised order. */
export function* trieEntries({ root, kinds }: Trie): Generator<readonly [UserId, ZoneRecord]> {
  for (const bucket of bucketsOf(root)) {
    for (const [at, user] of bucket.users.entries()) yield [user, recordAt(kinds, bucket, at)];
  }
}

/** Users are spread over so many places. */
export const triePlaces = 1_024;

/** The entries of one place, 0 to `triePlaces` - 1: all places together have every entry once. */
export function* trieEntriesAt(
  { root, kinds }: Trie,
  place: number,
): Generator<readonly [UserId, ZoneRecord]> {
  let node = root;
  for (
    let shift = 0;
    1 << shift < triePlaces && node !== undefined && 'children' in node;
    shift += bitsPerLevel
  )
    node = node.children[wayOf(place, shift)];
  for (const bucket of bucketsOf(node)) {
    for (const [at, user] of bucket.users.entries()) {
      // A bucket with few users stands higher than its places.
      if ((hashOf(user) & (triePlaces - 1)) === place) yield [user, recordAt(kinds, bucket, at)];
    }
  }
}

function* bucketsOf(node: Node | undefined): Generator<Bucket> {
  if (node === undefined) return;
  if (!('children' in node)) yield node;
  else for (const child of node.children) yield* bucketsOf(child);
}

function sizeOf(node: Node | undefined): number {
  if (node === undefined) return 0;
  return 'children' in node ? node.size : node.users.length;
}

function wayOf(hash: number, shift: number): number {
  return (hash >>> shift) & (ways - 1);
}

/** Where the user is, or would be put. */
function placeOf(users: readonly UserId[], user: UserId): number {
  let low = 0;
  let high = users.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((users[middle] ?? '') < user) low = middle + 1;
    else high = middle;
  }
  return low;
}

function recordAt({ list }: Kinds, { numbers }: Bucket, at: number): ZoneRecord {
  const first = at * perUser;
  const kind = numbers[first] ?? 0;
  const monoMs = numbers[first + 1] ?? 0;
  const wallMs = numbers[first + 2] ?? 0;
  const shared = list[kind];
  if (shared === undefined) throw new Error(`a zone record of kind ${kind}, of ${list.length}`);
  const { direction, reader, boot, trusted, marks } = shared;
  return { direction, reader, boot, monoMs, wallMs, trusted, ...(marks === undefined ? {} : { marks }) };
}

function withKind(kinds: Kinds, record: ZoneRecord): readonly [Kinds, number] {
  const { direction, reader, boot, trusted, marks } = record;
  const name = `${direction} ${trusted} ${marks?.join('+') ?? '-'}\0${boot}\0${reader}`;
  const known = kinds.places.get(name);
  if (known !== undefined) return [kinds, known];
  const kind = { direction, reader, boot, trusted, ...(marks === undefined ? {} : { marks }) };
  const place = kinds.list.length;
  return [{ list: [...kinds.list, kind], places: new Map(kinds.places).set(name, place) }, place];
}

interface Entry {
  readonly user: UserId;
  readonly numbers: readonly number[];
}

function insert(node: Node | undefined, entry: Entry, hash: number, shift: number): Node {
  if (node === undefined) return { users: [entry.user], numbers: entry.numbers };
  if ('children' in node) {
    const way = wayOf(hash, shift);
    const child = insert(node.children[way], entry, hash, shift + bitsPerLevel);
    return replaced(node, way, child);
  }
  const at = placeOf(node.users, entry.user);
  if (node.users[at] === entry.user)
    return { users: node.users, numbers: renumbered(node.numbers, at, entry) };
  const bucket = {
    users: spliced(node.users, at, 0, [entry.user]),
    numbers: spliced(node.numbers, at * perUser, 0, entry.numbers),
  };
  return bucket.users.length <= bucketMax || shift >= shiftMax ? bucket : gathered(bucket, shift);
}

function without(node: Node | undefined, user: UserId, hash: number, shift: number): Node | undefined {
  if (node === undefined) return undefined;
  if ('children' in node) {
    const way = wayOf(hash, shift);
    const before = node.children[way];
    const child = without(before, user, hash, shift + bitsPerLevel);
    if (child === before) return node;
    const branch = replaced(node, way, child);
    return branch.size > bucketMax ? branch : gathered(merged([...bucketsOf(branch)]), shift);
  }
  const at = placeOf(node.users, user);
  if (node.users[at] !== user) return node;
  if (node.users.length === 1) return undefined;
  return {
    users: spliced(node.users, at, 1, []),
    numbers: spliced(node.numbers, at * perUser, perUser, []),
  };
}

function replaced({ size, children }: Branch, way: number, child: Node | undefined): Branch {
  const now = children.slice();
  now[way] = child;
  return { size: size - sizeOf(children[way]) + sizeOf(child), children: now };
}

function renumbered(numbers: readonly number[], at: number, entry: Entry): readonly number[] {
  const now = numbers.slice();
  for (let i = 0; i < perUser; i += 1) now[at * perUser + i] = entry.numbers[i] ?? 0;
  return now;
}

/** A copy with some items taken out and others put in: exactly as long as it must be, unlike what `splice` leaves. */
function spliced<T>(items: readonly T[], at: number, taken: number, put: readonly T[]): readonly T[] {
  return items.slice(0, at).concat(put, items.slice(at + taken));
}

function merged(buckets: readonly Bucket[]): Bucket {
  return {
    users: buckets.flatMap(({ users }) => users),
    numbers: buckets.flatMap(({ numbers }) => numbers),
  };
}

/** Users in any order, with all that belongs to them. */
interface Gathered extends Bucket {
  readonly hashes: Uint32Array;
}

function gathered(bucket: Bucket, shift: number): Node {
  const all = { ...bucket, hashes: Uint32Array.from(bucket.users, hashOf) };
  const node = build(all, [...bucket.users.keys()], shift);
  if (node === undefined) throw new Error('a node of the zone records without users');
  return node;
}

/** The node of the users at these places of `all`. */
function build(all: Gathered, places: readonly number[], shift: number): Node | undefined {
  if (places.length === 0) return undefined;
  if (places.length <= bucketMax || shift >= shiftMax) return bucketOf(all, places);
  const parts: number[][] = Array.from({ length: ways }, () => []);
  for (const place of places) parts[wayOf(all.hashes[place] ?? 0, shift)]?.push(place);
  return { size: places.length, children: parts.map((part) => build(all, part, shift + bitsPerLevel)) };
}

function bucketOf({ users, numbers }: Bucket, places: readonly number[]): Bucket {
  const user = (place: number): UserId => users[place] ?? '';
  const order = places.toSorted((a, b) => (user(a) < user(b) ? -1 : 1));
  const packed: number[] = [];
  for (const place of order) {
    for (let i = 0; i < perUser; i += 1) packed.push(numbers[place * perUser + i] ?? 0);
  }
  // As long as they must be: what grows item by item keeps room to grow.
  return { users: order.map(user), numbers: packed.slice() };
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
