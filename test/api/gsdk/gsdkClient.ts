/** The product in this process with G-SDK clients allowed, and a client that speaks to it as the vendor's do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { clientOf, loadServices } from '../../../src/api/gsdk/server.js';
import { loadSiteFile } from '../../../src/config/siteFile.js';
import type { SiteFile } from '../../../src/config/siteSchema.js';
import { known } from '../../../src/known.js';
import { start } from '../../../src/main.js';
import { dropDataDir, eventually, newDataDir } from '../../site/product.js';

export interface Answer {
  readonly code: number;
  readonly details: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a client of another language would see: whatever came
  readonly reply: any;
}

export interface Gsdk {
  /** One unary call, `door.Door/Lock`. */
  call(method: string, request: object): Promise<Answer>;
  /** A live stream of what comes. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  stream(method: string, request: object): { readonly seen: any[]; cancel(): void };
  api(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Changes some fields of a stored thing, whatever its revision. */
  patch(path: string, fields: object): Promise<void>;
  readonly port: number;
  readonly dataDir: string;
  close(): Promise<void>;
}

const packages = loadServices();

/** Starts it with `gsdk` in the site file; resolves when the port answers. */
export async function startGsdkProduct(
  gsdk: Partial<NonNullable<SiteFile['gsdk']>> = {},
  own?: { readonly key: string; readonly cert: string },
  edit: (yaml: string) => string = (yaml) => yaml,
): Promise<Gsdk> {
  const dataDir = newDataDir();
  const port = await freePort();
  const site = demoSite(dataDir, { host: '127.0.0.1', port, clients: 'any', ...gsdk }, edit);
  let printed = '';
  const running = await start({
    site,
    sitePath: 'none',
    demo: true,
    print: (line) => (printed += `${line}\n`),
    restart: () => undefined,
  });
  const url = /(http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1] ?? '';
  const claim = /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(printed)?.[0] ?? '';
  const send = async (
    method: string,
    path: string,
    body: unknown,
    token?: string,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const password = 'a password of the test';
  const claimed = await send('POST', '/api/v1/claim', { code: claim, name: 'root', password });
  const { token } = claimed.body as { readonly token: string };
  const ca = await eventually(
    async () => tryRead(join(dataDir, 'tls', 'ca.crt')),
    (text) => text !== undefined,
  );
  const clients = clientsTo(port, ca ?? '', own);
  await eventually(
    () => clients.call('connect.Connect/GetDeviceList', {}),
    ({ code }) => code === 0,
  );
  return {
    ...clients,
    api: (method, path, body) => send(method, path, body, token),
    patch: async (path, fields) => {
      const { status, body } = await send('PATCH', path, fields, token, { 'if-match': '*' });
      if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    },
    port,
    dataDir,
    close: async () => {
      clients.close();
      await running.close();
      dropDataDir(dataDir);
    },
  };
}

/** What has come by now, once the loop has turned: the product runs in this process too. */
export function seen<T>(stream: { readonly seen: T[] }): () => Promise<readonly T[]> {
  return () => new Promise((resolve) => setImmediate(() => resolve(stream.seen)));
}

export type OpenGsdk = Awaited<ReturnType<typeof openGsdk>>;

/** The product with a connected client, no zones, and the words most tests need. */
export async function openGsdk(edit?: (yaml: string) => string) {
  const gsdk = await startGsdkProduct({}, undefined, edit);
  const ok = async (method: string, request: object) => {
    const answer = await gsdk.call(method, request);
    if (answer.code !== 0) throw new Error(`${method}: ${answer.code} ${answer.details}`);
    return answer.reply;
  };
  const connectInfo = { IPAddr: '10.0.0.1', port: 51_211 };
  const deviceID: number = (await ok('connect.Connect/Connect', { connectInfo })).deviceID;
  const { slaveInfos } = await ok('rs485.RS485/GetDevice', { deviceID });
  const readers: readonly number[] = slaveInfos.map((slave: { readonly deviceID: number }) => slave.deviceID);
  await ok('apb_zone.APBZone/DeleteAll', { deviceID });
  const member = (index: number, readerType: number) => ({ deviceID: readers[index], readerType });
  return {
    ...{ gsdk, ok, deviceID, readers, member },
    device: () => ({ deviceID }),
    zone: (zoneID: number, more: object = {}) => ({
      zoneID,
      name: `Zone ${zoneID}`,
      type: 0,
      members: [member(0, 0), member(1, 1)],
      ...more,
    }),
    present: (reader: string, number: number) =>
      gsdk.api('POST', `/api/v1/mock/readers/${reader}/present`, {
        format: 'H10301',
        facility: 25,
        number: String(number),
      }),
  };
}

/** Calls over TLS that trust `ca`, with a certificate of their own if given. */
export function clientsTo(port: number, ca: string, own?: { readonly key: string; readonly cert: string }) {
  const secure = credentials.createSsl(
    Buffer.from(ca),
    own === undefined ? null : Buffer.from(own.key),
    own === undefined ? null : Buffer.from(own.cert),
  );
  const made = new Map<string, Client>();
  const clientFor = (service: string): Client => {
    const client = made.get(service) ?? new (clientOf(packages, service))(`localhost:${port}`, secure);
    made.set(service, client);
    return client;
  };
  // biome-ignore lint/suspicious/noExplicitAny: generated methods have no types
  const methodOf = (method: string): any => {
    const [service = '', name = ''] = method.split('/');
    // biome-ignore lint/suspicious/noExplicitAny: see above
    const client = clientFor(service) as any;
    return client[name].bind(client);
  };
  return {
    call: (method: string, request: object): Promise<Answer> =>
      new Promise((resolve) => {
        methodOf(method)(request, (error: ServiceError | null, reply: unknown) =>
          resolve({ code: error?.code ?? 0, details: error?.details ?? '', reply }),
        );
      }),
    stream: (method: string, request: object) => {
      const seen: unknown[] = [];
      const stream = methodOf(method)(request);
      stream.on('data', (one: unknown) => seen.push(one));
      stream.on('error', () => undefined);
      return { seen, cancel: () => stream.cancel() };
    },
    close: () => {
      for (const client of made.values()) client.close();
    },
  };
}

function demoSite(
  data: string,
  gsdk: NonNullable<SiteFile['gsdk']>,
  edit: (yaml: string) => string,
): SiteFile {
  const demo = fileURLToPath(new URL('../../../../src/demo/site.yaml', import.meta.url));
  const path = join(data, 'site.yaml');
  writeFileSync(path, edit(readFileSync(demo, 'utf8')));
  const read = loadSiteFile(path, {}, known);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return { ...read.site, data, http: { ...read.site.http, port: 0 }, gsdk };
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
