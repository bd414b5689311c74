/** The real product as a process of its own, run as a newcomer runs it, on a data folder that is thrown away. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '../../src/core/management.js';
import type { MockLine } from '../../src/core/requests.js';

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

export interface Product {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** All it printed. */
  readonly printed: string;
  readonly claimCode: string;
  readonly token: string;
  /** The printed OpenDoor line, to be run by a shell. */
  readonly curl: string;
  api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    ifMatch?: string,
  ): Promise<{ status: number; body: unknown }>;
  events(): Promise<readonly StoredEvent[]>;
  lines(): Promise<readonly MockLine[]>;
  present(reader: string, number: number): Promise<void>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'sallyport-test-'));
}

export function dropDataDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

const flags = ['--max-semi-space-size=4', '--heap-growing-percent=40', cli];

function spawned(dataDir: string, command: readonly string[], port = 0): ChildProcess {
  const child = spawn(process.execPath, [...flags, ...command], {
    env: { ...process.env, SALLYPORT_DATA: dataDir, SALLYPORT_HTTP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (process.env['CLOCK_AHEAD_FILE'] !== undefined) underMovedClock.add(child);
  return child;
}

/** Products whose clock a test moves: idle connections end with each move, so none is used twice. */
const underMovedClock = new WeakSet<ChildProcess>();

/** Starts the demo and waits for its welcome. */
export async function startProduct(dataDir: string): Promise<Product> {
  const child = spawned(dataDir, ['demo']);
  const printed = await welcomeOf(child, 'Ctrl-C');
  const curl = find(printed, /^ *(curl --digest .*)$/m);
  return productOf(child, dataDir, printed, find(printed, /Bearer ([\w-]{43})/), curl);
}

/** The administrator of a site that a test has claimed. */
export const administrator = { name: 'root', password: 'correct horse battery' };

/** Runs a site file of a test's own, claimed by `administrator` if it is not yet. */
export async function startSite(dataDir: string, site: string, port = 0): Promise<Product> {
  const file = join(dataDir, 'site.yaml');
  writeFileSync(file, site);
  const child = spawned(dataDir, ['run', '--site', file], port);
  const printed = await welcomeOf(child, '.\n');
  const open = productOf(child, dataDir, printed, '', '');
  const [path, body] =
    open.claimCode === ''
      ? ['/api/v1/login', administrator]
      : ['/api/v1/claim', { code: open.claimCode, ...administrator }];
  const { status, body: session } = await open.api('POST', path, body);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(session)}`);
  return productOf(child, dataDir, printed, (session as { readonly token: string }).token, '');
}

/** A product that is only started: what it printed, and its end. */
export interface Bare {
  readonly printed: string;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Runs a site file until it has printed `last`; rejects with what it said when it ends before. */
export async function startBare(dataDir: string, site: string, last: string): Promise<Bare> {
  const file = join(dataDir, 'site.yaml');
  writeFileSync(file, site);
  const child = spawned(dataDir, ['run', '--site', file]);
  const printed = await welcomeOf(child, last);
  return { printed, kill: (signal) => end(child, signal) };
}

/** A port that nobody had a moment ago, for site files that must name one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function productOf(
  child: ChildProcess,
  dataDir: string,
  printed: string,
  token: string,
  curl: string,
): Product {
  const url = find(printed, /(http:\/\/127\.0\.0\.1:\d+)/);
  const api: Product['api'] = async (method, path, body, as = token, ifMatch = undefined) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(underMovedClock.has(child) ? { connection: 'close' } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const items = async <T>(path: string): Promise<readonly T[]> =>
    ((await api('GET', path)).body as { readonly items: readonly T[] }).items;
  return {
    ...{ url, pid: child.pid ?? 0, dataDir, printed, token, curl, api },
    claimCode: /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(printed)?.[0] ?? '',
    events: () => items<StoredEvent>('/api/v1/events?order=asc&limit=1000'),
    lines: () => items<MockLine>('/api/v1/mock/lines'),
    present: async (reader, number) => {
      const card = { format: 'H10301', facility: 25, number: String(number) };
      const { status, body } = await api('POST', `/api/v1/mock/readers/${reader}/present`, card);
      if (status !== 204) throw new Error(`present: ${status} ${JSON.stringify(body)}`);
    },
    kill: (signal) => end(child, signal),
  };
}

/** Asks until `check` is content; the product is another process, so this waits for it and nothing else. */
export async function eventually<T>(
  ask: () => Promise<T>,
  check: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const deadline = process.hrtime.bigint() + BigInt(withinMs) * 1_000_000n;
  for (;;) {
    const answer = await ask();
    if (check(answer)) return answer;
    if (process.hrtime.bigint() > deadline) throw new Error(`never came: last ${JSON.stringify(answer)}`);
    await new Promise(setImmediate);
  }
}

/** Runs a line as a person would paste it into a shell. */
export function shell(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', line], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${line}: ${error.message} ${stderr}`));
    });
  });
}

/** Runs a `sallyport` command to its end. */
export function sallyport(...args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, text: stdout + stderr });
    });
  });
}

/** Runs a `sallyport` command as a person does, on a terminal: all that appeared there. */
export function onTerminal(...args: readonly string[]): Promise<string> {
  const line = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(' ');
  return shell(`script -qec "${line}" /dev/null`);
}

/** `sallyport log --follow --json` as a process; the rows it has printed until now. */
export function followLog(dataDir: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [cli, 'log', '--follow', '--json', '--data', dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows: StoredEvent[] = [];
  let told = (): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    rows.push(JSON.parse(line) as StoredEvent);
    told();
  });
  return {
    until: (check: (seen: readonly StoredEvent[]) => boolean): Promise<readonly StoredEvent[]> =>
      new Promise((resolve) => {
        told = () => {
          if (check(rows)) resolve(rows);
        };
        told();
      }),
    end: () => void child.kill('SIGTERM'),
  };
}

function welcomeOf(child: ChildProcess, last: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      // A line that is not whole yet may lack what is asked for.
      if (text.includes(last) && text.endsWith('\n')) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`ended with code ${code} before it was ready: ${errors}`)));
  });
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the welcome has no ${pattern}: ${text}`);
  return found;
}
