/**
 * Makes the checkout ready to run: the right Node, the packages of the lock file built for this Node, the
 * sources compiled. Plain JavaScript without packages, because it runs before there are any. Says nothing and
 * takes milliseconds when nothing is to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/**
 * One sentence if Sallyport cannot run on this Node. `src/cli.ts` says the same of its own, for starts that
 * do not pass here.
 * @param {string} version as in `process.versions.node`
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 14) || major === 24) return undefined;
  return `Sallyport needs Node 20 (from 20.19), 22 (from 22.14) or 24; this is Node ${version}. Install one of those and start again.`;
}

/**
 * What the installed packages depend on. Compiled packages fit one module version and one processor only.
 * @param {string} lockFile
 * @returns {string}
 */
export function packagesKey(lockFile) {
  const { modules } = process.versions;
  return createHash('sha256')
    .update(lockFile)
    .update(`\n${modules} ${process.platform} ${process.arch}`)
    .digest('hex');
}

/**
 * Whether `node_modules` is what the lock file says, as `npm ci` leaves it, and its SQLite loads on this Node.
 * An npm that installs notes what it did in `node_modules/.package-lock.json`.
 * @param {string} root @param {string} lockFile
 * @returns {boolean}
 */
export function installed(root, lockFile) {
  /** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Package */
  const packages = (/** @type {string} */ text) =>
    /** @type {Record<string, Package>} */ (JSON.parse(text).packages ?? {});
  try {
    const present = packages(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8'));
    for (const [path, wanted] of Object.entries(packages(lockFile))) {
      const there = present[path];
      if (path === '' || (there === undefined && wanted.optional === true)) continue;
      if (there?.version !== wanted.version || there?.integrity !== wanted.integrity) return false;
    }
    return sqliteLoads(root);
  } catch {
    return false;
  }
}

/** In a process of its own: an addon built for another Node may end it. @param {string} root @returns {boolean} */
function sqliteLoads(root) {
  const name = Number.parseInt(process.versions.node, 10) >= 24 ? 'better-sqlite3-13' : 'better-sqlite3';
  const code = `new (require(${JSON.stringify(name)}))(':memory:').close()`;
  return spawnSync(process.execPath, ['-e', code], { cwd: root, stdio: 'ignore' }).status === 0;
}

/**
 * What the compiled files depend on: name, size and time of each source.
 * @param {string} root
 * @returns {string}
 */
export function sourcesKey(root) {
  const hash = createHash('sha256');
  for (const folder of ['src', 'hardware', 'test']) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((file) => /\.(?:tsx?|css|html|svg|mjs)$/.test(file)).sort())
      note(hash, root, join(folder, name));
  }
  for (const name of ['tsconfig.json', 'package-lock.json']) note(hash, root, name);
  return hash.digest('hex');
}

/** @param {import('node:crypto').Hash} hash @param {string} root @param {string} name */
function note(hash, root, name) {
  const { size, mtimeMs } = statSync(join(root, name));
  hash.update(`${name} ${size} ${mtimeMs}\n`);
}

/** @param {string} path @returns {string} */
function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The tools that compile SQLite and are not on the path.
 * @param {string} path as in `process.env.PATH`
 * @returns {readonly string[]}
 */
export function missingTools(path) {
  const has = (/** @type {string} */ tool) =>
    path.split(delimiter).some((folder) => {
      try {
        accessSync(join(folder, tool), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return ['g++', 'make', 'python3'].filter((tool) => !has(tool));
}

/** @param {string} root @returns {boolean} */
function install(root) {
  const npm = process.env['npm_execpath'] ?? '';
  if (npm === '') {
    say('The packages are not installed for this Node. Run: npm ci');
    return false;
  }
  say('Installing the packages (once, a minute or two: SQLite may be compiled) ...');
  const command = npm.endsWith('js') ? [process.execPath, npm] : [npm];
  const [program = npm, ...before] = command;
  const { status } = spawnSync(program, [...before, 'ci', '--include=dev'], { cwd: root, stdio: 'inherit' });
  if (status === 0) return true;
  const missing = missingTools(process.env['PATH'] ?? '');
  const hint =
    missing.length === 0
      ? ''
      : ` SQLite is compiled where no binary fits, and ${missing.join(', ')} is missing here: sudo apt install build-essential python3`;
  say(`The packages could not be installed.${hint}`);
  return false;
}

/** @param {string} root @returns {boolean} */
function build(root) {
  say('Building ...');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', root], { cwd: root, stdio: 'inherit' });
  const page = status === 0 ? buildPage(root) : status;
  if (page !== 0) say('The sources could not be built; what the compiler said is above.');
  return page === 0;
}

/** The files for browsers. @param {string} root @returns {number | null} */
function buildPage(root) {
  return spawnSync(process.execPath, [join(root, 'src', 'ui', 'build.mjs')], { cwd: root, stdio: 'inherit' })
    .status;
}

/**
 * Does `work` unless the stamp file holds `key` already.
 * @param {string} stamp @param {string} key @param {() => boolean} work
 */
function once(stamp, key, work) {
  if (readOr(stamp) === key) return;
  if (!work()) process.exit(1);
  writeFileSync(stamp, key);
}

/** @param {string} root */
function makeReady(root) {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    say(problem);
    process.exit(1);
  }
  const lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  once(
    join(root, 'node_modules', '.ready'),
    packagesKey(lockFile),
    () => installed(root, lockFile) || install(root),
  );
  once(join(root, 'dist', '.ready'), sourcesKey(root), () => build(root));
}

const started = process.argv[1] ?? '';
if (import.meta.url === pathToFileURL(started).href) makeReady(fileURLToPath(new URL('..', import.meta.url)));
