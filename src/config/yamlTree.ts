/** YAML text to a plain value, with the way back from a key path to its place in the text. */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  Parser,
} from 'yaml';

export type KeyPath = readonly PropertyKey[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the text itself. */
export interface TreeError {
  readonly place: Place;
  readonly path: KeyPath;
  readonly problem: string;
  readonly remedy: string;
}

export interface Tree {
  readonly value: unknown;
  /** Keys given twice and the like: the value is still worth checking. */
  readonly errors: readonly TreeError[];
  /** Where the key or the value at a path stands; for a path that is not there, its nearest parent. */
  place(path: KeyPath, of: 'key' | 'value'): Place;
}

/** More than any site needs; a few anchors nested can stand for billions of values. */
const aliasesMax = 50;

/** A site file has five levels. Far below what the composer, which recurses, can take. */
const depthMax = 32;

/** Total: any text gives a tree, or the reasons why there is none. */
export function parseTree(text: string): Tree | { readonly errors: readonly TreeError[] } {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    const problem = `nested more than ${depthMax} levels`;
    return { errors: [{ place: at(deep), path: [], problem, remedy: 'a site file has five levels' }] };
  }
  // Keys given twice are found below, in linear time and with the place of the first.
  const composer = new Composer({ uniqueKeys: false, stringKeys: true });
  const [doc, second] = [...composer.compose(tokens, true, text.length)];
  if (doc === undefined) throw new Error('the YAML composer made no document although it was told to');
  const broken = [...doc.errors, ...doc.warnings].map(({ pos, message }) => ({
    place: at(pos[0]),
    path: [],
    problem: `not valid YAML: ${message.replace(/\s+/g, ' ')}`,
    remedy: 'check indentation (two spaces, no tabs), quotes and brackets here and in the line above',
  }));
  if (second !== undefined) {
    const place = at(second.range[0]);
    broken.push({ place, path: [], problem: 'a second document begins', remedy: 'remove the line ---' });
  }
  if (broken.length > 0) return { errors: broken };
  return readTree(doc, at);
}

function readTree(doc: Document.Parsed, at: (offset: number) => Place): ReturnType<typeof parseTree> {
  try {
    const value: unknown = doc.toJS({ maxAliasCount: aliasesMax });
    return {
      value,
      errors: [...badKeys(doc.contents, [], at)],
      place: (path, of) => at(offsetOf(doc, path, of)),
    };
  } catch (error) {
    // Too many aliases, or one whose anchor is not there.
    const problem = `cannot be read: ${error instanceof Error ? error.message : 'unknown fault'}`;
    const remedy = `write it without nested anchors and aliases (&, *), at most ${aliasesMax}`;
    return { errors: [{ place: { line: 1, column: 1 }, path: [], problem, remedy }] };
  }
}

/**
 * Where the nesting passes `depthMax`, if it does. Looked for before composing: near the end of the stack the
 * engine may abort the process, which no `catch` sees.
 */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > depthMax) return token.offset;
    if ('value' in token) waiting.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 });
      if (value) waiting.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

function* badKeys(node: unknown, path: KeyPath, at: (offset: number) => Place): Generator<TreeError> {
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) yield* badKeys(item, [...path, index], at);
  if (!isMap(node)) return;
  const first = new Map<string, Place>();
  for (const pair of node.items) {
    const key = keyOf(pair);
    const place = at(startOf(pair.key));
    const before = first.get(key);
    if (before !== undefined) {
      const problem = `given twice, first in line ${before.line}`;
      yield { place, path: [...path, key], problem, remedy: 'keep one of the two, or give it another id' };
    }
    // Such a key would vanish in a plain object, so it can only be refused here.
    if (key === '__proto__') {
      yield { place, path: [...path, key], problem: 'not a key', remedy: 'take another name' };
    }
    if (before === undefined) first.set(key, place);
    yield* badKeys(pair.value, [...path, key], at);
  }
}

function offsetOf(doc: Document, path: KeyPath, of: 'key' | 'value'): number {
  let node: unknown = doc.contents;
  let offset = startOf(node);
  for (const [index, step] of path.entries()) {
    const container: unknown = isAlias(node) ? node.resolve(doc) : node;
    if (isSeq(container)) {
      node = container.items[Number(step)];
      if (node === undefined) return offset;
      offset = startOf(node);
      continue;
    }
    if (!isMap(container)) return offset;
    // The last of two equal keys is the one whose value counts.
    const pair = container.items.findLast((item) => keyOf(item) === String(step));
    if (pair === undefined) return offset;
    const last = index === path.length - 1;
    node = pair.value;
    // A container is named by its key; a scalar by itself.
    const keyed = isMap(node) || isSeq(node) || node === null || (last && of === 'key');
    offset = startOf(keyed ? pair.key : node);
  }
  return offset;
}

function keyOf(pair: Pair<unknown, unknown>): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
