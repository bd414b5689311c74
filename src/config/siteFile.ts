/** The site file: wiring, network and clock of one controller, in YAML, checked whole before anything starts. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkSerialRules } from './serialRules.js';
import { keyText, type SiteError, shapeErrors } from './siteErrors.js';
import { checkRules, type Known } from './siteRules.js';
import { type SiteFile, siteSchema, toSiteFile } from './siteSchema.js';
import { type KeyPath, parseTree, type Tree } from './yamlTree.js';

export type SiteResult =
  | { readonly ok: true; readonly site: SiteFile }
  | { readonly ok: false; readonly errors: readonly SiteError[] };

type Environment = Readonly<Record<string, string | undefined>>;

const bytesMax = 1024 * 1024;
/** Nobody mends more in one go, and a file with more is not a site file. */
const errorsMax = 100;

/**
 * Reads and checks the site file at `path`. `SALLYPORT_DATA` and `SALLYPORT_HTTP_PORT` of `env` come before what it
 * says. The data folder comes back absolute; a relative one starts at the working directory. Never throws: a
 * file that cannot be read is an error like any other.
 */
export function loadSiteFile(path: string, env: Environment, known: Known): SiteResult {
  const read = readText(path);
  const parsed: SiteResult = read.ok ? parseSiteFile(read.text, path, known) : read;
  const overrides = readEnvironment(env);
  if (!parsed.ok) return { ok: false, errors: [...parsed.errors, ...overrides.errors] };
  if (overrides.errors.length > 0) return { ok: false, errors: overrides.errors };
  const { site } = parsed;
  const http = { ...site.http, port: overrides.port ?? site.http.port };
  return { ok: true, site: { ...site, http, data: resolve(overrides.data ?? site.data) } };
}

/** Total: any text gives a site or every reason why not, in the order of the file. `source` is named in errors. */
export function parseSiteFile(text: string, source: string, known: Known): SiteResult {
  if (Buffer.byteLength(text) > bytesMax)
    return failed(source, 'larger than 1 MiB', 'a site file is a few kilobytes');
  const tree = parseTree(text);
  if (!('value' in tree))
    return refuse(tree.errors.map(({ path, ...error }) => ({ source, ...error, key: keyText(path) })));
  if (tree.value === null)
    return failed(source, 'empty', 'begin with the commented example src/demo/site.yaml');
  const checked = siteSchema.safeParse(tree.value);
  const errors = firstOf(findings(tree, checked, known), errorsMax).map(
    ({ path, of = 'value', problem, remedy, see }): SiteError => ({
      source,
      place: tree.place(path, of),
      key: keyText(path),
      problem: see === undefined ? problem : `${problem} (line ${tree.place(see, 'value').line})`,
      remedy,
    }),
  );
  if (!checked.success || errors.length > 0) return refuse(errors);
  return { ok: true, site: toSiteFile(checked.data) };
}

interface Finding {
  readonly path: KeyPath;
  readonly of?: 'key' | 'value';
  readonly problem: string;
  readonly remedy: string;
  readonly see?: KeyPath;
}

function* findings(
  tree: Tree,
  checked: ReturnType<typeof siteSchema.safeParse>,
  known: Known,
): Generator<Finding> {
  for (const error of tree.errors) yield { ...error, of: 'key' };
  if (!checked.success) yield* shapeErrors(checked.error, tree.value);
  yield* checkRules(tree.value, known);
  yield* checkSerialRules(tree.value, known);
}

function firstOf<T>(items: Iterable<T>, countMax: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === countMax) break;
    taken.push(item);
  }
  return taken;
}

function refuse(errors: readonly SiteError[]): SiteResult {
  const order = ({ place }: SiteError) => (place === undefined ? 0 : place.line * 1e6 + place.column);
  return { ok: false, errors: [...errors].sort((a, b) => order(a) - order(b)).slice(0, errorsMax) };
}

function failed(source: string, problem: string, remedy: string): SiteResult & { readonly ok: false } {
  return { ok: false, errors: [{ source, key: '', problem, remedy }] };
}

function readText(
  path: string,
): { readonly ok: true; readonly text: string } | (SiteResult & { readonly ok: false }) {
  try {
    const { size } = statSync(path);
    if (size > bytesMax) return failed(path, 'larger than 1 MiB', 'a site file is a few kilobytes');
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    if (error instanceof TypeError) return failed(path, 'not UTF-8 text', 'save it as UTF-8');
    const problem = error instanceof Error ? error.message : 'cannot be read';
    return failed(path, problem, 'name a file this user may read');
  }
}

function readEnvironment(env: Environment): {
  readonly data?: string;
  readonly port?: number;
  readonly errors: readonly SiteError[];
} {
  const errors: SiteError[] = [];
  // An empty variable counts as absent, as service managers write it.
  const { SALLYPORT_DATA: data = '', SALLYPORT_HTTP_PORT: port = '' } = env;
  const portGood = /^\d{1,5}$/.test(port) && Number(port) <= 65_535;
  if (port !== '' && !portGood) {
    const problem = `${JSON.stringify(port.slice(0, 40))} is not a port`;
    errors.push({
      source: 'SALLYPORT_HTTP_PORT',
      key: '',
      problem,
      remedy: 'write 1 to 65535 (0 = any free one)',
    });
  }
  const folderGood = data.length <= 1024 && !/\p{Cc}/u.test(data);
  if (!folderGood) {
    errors.push({
      source: 'SALLYPORT_DATA',
      key: '',
      problem: 'not a folder',
      remedy: 'write a path on one line',
    });
  }
  return { errors, ...(data !== '' && folderGood && { data }), ...(portGood && { port: Number(port) }) };
}
