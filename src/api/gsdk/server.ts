/** The gRPC server of the dialect: TLS only, every call decoded, translated, answered or refused with a status. */
import { fileURLToPath } from 'node:url';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Actor } from '../../core/model.js';
import type { Context } from '../context.js';
import { accessService, userService } from './access.js';
import { connectService, rs485Service } from './connect.js';
import type { Desk, Service, Unary } from './desk.js';
import { createDevices } from './devices.js';
import { doorService } from './doors.js';
import { createEvents, type Subscription } from './stream.js';
import { code, RpcError, type WireEvent } from './wire.js';
import { zoneService } from './zones.js';

/** Largest message of the contract: 72 MiB. Ours is what 100 whole zones need, many times over. */
const MESSAGE_MAX = 8 * 1024 * 1024;
const protoFolder = fileURLToPath(new URL('../../../../src/api/gsdk/proto/', import.meta.url));
const protoFiles = ['apb_zone', 'connect', 'rs485', 'event', 'door', 'access', 'user', 'err'];

export interface GsdkOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. `clientCa`: only clients with a certificate of this authority are served. */
  readonly tls: { readonly key: string; readonly cert: string; readonly clientCa?: string };
  readonly controllerId?: number;
  readonly readerIds: Readonly<Record<string, number>>;
}

export interface Gsdk {
  readonly port: number;
  /** New rows stand in the log. */
  appended(): void;
  close(): void;
}

/** The definitions of all services, by their full name. */
export function loadServices(): GrpcObject {
  return loadPackageDefinition(
    loadSync(
      protoFiles.map((name) => `${name}.proto`),
      {
        includeDirs: [protoFolder],
        keepCase: true,
        defaults: true,
        oneofs: true,
        enums: Number,
        longs: Number,
      },
    ),
  );
}

/** Begins to serve. Rejects when the address cannot be had or the certificate does not fit its key. */
export async function startGsdk(context: Context, options: GsdkOptions): Promise<Gsdk> {
  const devices = createDevices(context.site, {
    readers: options.readerIds,
    ...(options.controllerId === undefined ? {} : { controller: options.controllerId }),
  });
  const desk: Desk = { context, devices };
  const events = createEvents(desk);
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_MAX,
    'grpc.max_concurrent_streams': 64,
  });
  const packages = loadServices();
  const add = (
    name: string,
    service: Service,
    streams: Readonly<Record<string, StreamHandler>> = {},
  ): void => {
    const unary = Object.entries(service).map(([method, run]) => [method, unaryHandler(context, run)]);
    server.addService(serviceOf(packages, name), { ...Object.fromEntries(unary), ...streams });
  };
  add('apb_zone.APBZone', zoneService(desk));
  add('connect.Connect', connectService(desk), { SubscribeStatus: statusStream(desk) });
  add('rs485.RS485', rs485Service(desk));
  add('event.Event', events.service, { SubscribeRealtimeLog: refusing(events.subscribe) });
  add('door.Door', doorService(desk));
  add('access.Access', accessService(desk));
  add('user.User', userService(desk));
  const port = await bind(server, options);
  return {
    port,
    appended: events.appended,
    close: () => {
      events.close();
      server.forceShutdown();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the types of decoded messages are the loader's, which knows none
type StreamHandler = (call: ServerWritableStream<any, any>) => void;

function bind(server: Server, { host, port, tls }: GsdkOptions): Promise<number> {
  const credentials = ServerCredentials.createSsl(
    tls.clientCa === undefined ? null : Buffer.from(tls.clientCa),
    [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
    tls.clientCa !== undefined,
  );
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, taken) =>
      error === null ? resolve(taken) : reject(error),
    );
  });
}

/** `door.Door` -> its definition, to serve or to call. */
export function serviceOf(packages: GrpcObject, name: string): ServiceClientConstructor['service'] {
  return clientOf(packages, name).service;
}

export function clientOf(packages: GrpcObject, name: string): ServiceClientConstructor {
  const [file = '', service = ''] = name.split('.');
  const found = ((packages['gsdk'] as GrpcObject)[file] as GrpcObject)[service];
  return found as ServiceClientConstructor;
}

function unaryHandler(context: Context, run: Unary) {
  return (call: ServerUnaryCall<never, object>, answer: sendUnaryData<object>): void => {
    const by: Actor = { kind: 'operator', operator: 'g-sdk', address: addressOf(call.getPeer()) };
    Promise.resolve()
      .then(() => run(call.request, by))
      .then(
        (response) => answer(null, response),
        (error: unknown) => answer(refusal(context, error)),
      );
  };
}

/** `ipv4:127.0.0.1:1234` or `127.0.0.1:1234` -> the address. */
function addressOf(peer: string): string {
  return peer.replace(/^ipv[46]:/, '').replace(/:\d+$/, '');
}

function refusal({ log }: Pick<Context, 'log'>, error: unknown): { code: number; details: string } {
  if (error instanceof RpcError) return { code: error.code, details: error.message };
  log.error({ err: error }, 'G-SDK call failed');
  return {
    code: code.internal,
    details: 'The controller failed; nothing is known to be changed. See its log.',
  };
}

function refusing(
  begin: (call: ServerWritableStream<Subscription, WireEvent>) => void,
): (call: ServerWritableStream<Subscription, WireEvent>) => void {
  return (call) => {
    try {
      begin(call);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      call.emit('error', { code: error.code, details: error.message });
    }
  };
}

/** The connection of the one device, told at each change. */
function statusStream({ devices, context }: Desk): StreamHandler {
  return (call) => {
    const stop = devices.onConnection((connected) => {
      const timestamp = Math.floor(context.now().wallMs / 1_000);
      call.write({ deviceID: devices.controller, status: connected ? 1 : 0, timestamp });
    });
    for (const end of ['cancelled', 'close', 'error']) call.on(end, stop);
  };
}
