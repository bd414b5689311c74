/** The product as a process with simulated OSDP readers on a pseudo-terminal of the kernel. */
import { ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyFile } from '../../../src/control/osdpKeys.js';
import type { StoredEvent } from '../../../src/core/management.js';
import type { OsdpLineView, PeripheralView } from '../../../src/core/osdp.js';
import { encode } from '../../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../../src/readers/wiegand/formatTable.js';
import { dropDataDir, eventually, newDataDir, type Product, sallyport, startSite } from '../product.js';
import { openPseudoTerminal, type PseudoTerminal } from '../pseudoTerminal.js';
import { attachAll } from './attach.js';
import { createPeripheral, type Peripheral, type PeripheralOptions } from './peripheral.js';

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** Bits of a card of facility 25. */
export const cardOf = (number: number): string => {
  const format = wiegandFormats.get('H10301');
  const encoded = format === undefined ? undefined : encode(format, { facility: 25, number: String(number) });
  ok(encoded?.ok === true);
  return encoded.bits;
};

export interface OneReader {
  readonly id: string;
  readonly secure?: 'off';
  /** What the panel keeps for it. */
  readonly kept?: object;
  readonly is?: Partial<PeripheralOptions>;
  readonly asks?: 'card-and-pin';
  /** More of its `osdp` in the site file. */
  readonly more?: string;
}

function siteOf(device: string, readers: readonly OneReader[], door: string): string {
  const rows = readers.map(({ id, secure, asks, more = '' }, address) => {
    const osdp = `line: rs485, address: ${address}, formats: [H10301]${secure === undefined ? '' : `, secure: ${secure}`}${more}`;
    return `  ${id}: { door: gate, direction: ${address === 1 ? 'exit' : 'entry'}${asks === undefined ? '' : `, asks: ${asks}`}, osdp: { ${osdp} } }`;
  });
  return `name: Yard
board: mock
timeZone: UTC
serial:
  rs485: { device: ${device}, baud: 115200, adapter: uart }
doors:
  gate: { name: Gate, number: 1, ${door} }
readers:
${rows.join('\n')}
`;
}

/** One folder, the products started in it, and the lines their readers hang on; `close` ends them all. */
export function createProductScene() {
  const terminals: PseudoTerminal[] = [];
  const products: Product[] = [];
  const dataDir = newDataDir();
  const killAll = async () => {
    for (const product of products.splice(0)) await product.kill('SIGKILL');
  };
  /** A pseudo-terminal with these readers behind it; skips the test where there is none. */
  const line = (context: Mocha.Context, readers: readonly Peripheral[]): PseudoTerminal => {
    const terminal = openPseudoTerminal();
    if ('missing' in terminal) return context.skip();
    terminals.push(terminal);
    attachAll(readers, terminal, { nowMs, setTimer });
    return terminal;
  };
  const start = async (site: string): Promise<Product> => {
    const product = await startSite(dataDir, site);
    products.push(product);
    return product;
  };
  const open = async (
    context: Mocha.Context,
    given: readonly OneReader[],
    door = 'relay: { line: relay1 }',
  ) => {
    const readers = given.map(({ is }, address) => createPeripheral({ address, baud: 115_200, ...is }));
    const terminal = line(context, readers);
    const kept = Object.fromEntries(
      given.flatMap(({ id, kept: one }) => (one === undefined ? [] : [[id, one]])),
    );
    writeFileSync(join(dataDir, keyFile), JSON.stringify({ version: 1, readers: kept }), { mode: 0o600 });
    const site = siteOf(terminal.path, given, door);
    return { site, readers, terminal, product: await start(site) };
  };
  const close = async () => {
    await killAll();
    for (const terminal of terminals.splice(0)) terminal.close();
    dropDataDir(dataDir);
  };
  return { dataDir, line, start, open, killAll, close };
}

export const nowMs = () => performance.now();

function setTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}

export async function views(product: Product): Promise<readonly PeripheralView[]> {
  const { body } = await product.api('GET', '/api/v1/osdp');
  return (body as { readonly items: readonly OsdpLineView[] }).items.flatMap(({ readers }) => readers);
}

/** Waits for these readers to be online. */
export function online(product: Product, ...ids: readonly string[]) {
  return eventually(
    () => views(product),
    (all) => ids.every((id) => all.some(({ reader, state }) => reader === id && state === 'online')),
    60_000,
  );
}

export async function post(product: Product, path: string, body?: unknown) {
  const { status, body: answer } = await product.api('POST', `/api/v1/${path}`, body);
  ok(status < 300, `${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Ann may pass the gate with card 7. */
export async function enrolAnn(product: Product) {
  const doors = [{ door: 'gate', schedule: 'always' }];
  await post(product, 'access-rights', { id: 'all', name: 'All', doors });
  await post(product, 'users', { id: 'ann', name: 'Ann', accessRights: ['all'] });
  const card = { kind: 'card', format: 'H10301', facility: 25, number: '7' };
  await post(product, 'credentials', { user: 'ann', ...card });
}

/** Waits for rows, as `rowOf` says them. */
export function has(product: Product, ...rows: readonly string[]) {
  return eventually(product.events, (all) => rows.every((row) => all.map(rowOf).includes(row)), 60_000);
}

/** `sallyport osdp ...` to its end. */
export function cli(product: Product, ...args: readonly string[]) {
  return sallyport('osdp', ...args, '--url', product.url, '--token', product.token);
}

/** `sallyport osdp monitor ...` until it said this; it is ended as Ctrl-C does. `begun`: its first word came. */
export function monitored(
  args: readonly string[],
  until: RegExp,
  begun = (): void => undefined,
): Promise<string> {
  const program = fileURLToPath(new URL('../../../src/cli.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'osdp', 'monitor', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (text === '') begun();
      text += chunk.toString();
      if (until.test(text)) child.kill('SIGINT');
    });
    child.once('exit', () => resolve(text));
  });
}

/** What a row is about, in one line. */
export function rowOf({ kind, reader, door, detail }: StoredEvent): string {
  if (kind === 'reader-alarm-on' || kind === 'reader-alarm-off')
    return `${kind} ${reader} ${String(detail?.['alarm'])}`;
  if (kind.startsWith('door-')) return kind;
  return `${kind} ${reader ?? door ?? ''}`;
}
