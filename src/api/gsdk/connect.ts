/** The Connect and RS485 services: one gateway with one device, this controller; its readers are its slaves. */
import { type Desk, type Service, some } from './desk.js';
import { code, RpcError } from './wire.js';

const DEVICE_PORT = 51_211;
const TCP_CONNECTED = 1;
const type = { controller: 0x0e, reader: 0x16, keypadReader: 0x18 } as const;
const MODE_MASTER = 1;
const CHANNEL_OSDP = 2;
const BAUD_DEFAULT = 115_200;
const ALARMS_AT_ONCE = 1_000;

interface OfDevice {
  readonly deviceID: number;
}

export function connectService({ devices }: Desk): Service {
  return {
    Connect: () => {
      devices.setConnected(true);
      return { deviceID: devices.controller };
    },
    GetDeviceList: () => ({
      deviceInfos: devices.connected()
        ? [
            {
              deviceID: devices.controller,
              connectionMode: 0,
              IPAddr: '127.0.0.1',
              port: DEVICE_PORT,
              status: TCP_CONNECTED,
              autoReconnect: true,
              useSSL: false,
              type: type.controller,
            },
          ]
        : [],
    }),
    Disconnect: ({ deviceIDs }: { readonly deviceIDs: readonly number[] }) => {
      const stranger = some(deviceIDs, 'deviceIDs').find((id) => id !== devices.controller);
      if (stranger !== undefined)
        throw new RpcError(
          code.notFound,
          `Cannot get connection: deviceID ${stranger} is not connected here`,
        );
      devices.setConnected(false);
      return {};
    },
    DisconnectAll: () => {
      devices.setConnected(false);
      return {};
    },
  };
}

export function rs485Service(desk: Desk): Service {
  const { devices } = desk;
  return {
    GetConfig: ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      const channel = {
        channelID: 0,
        mode: MODE_MASTER,
        baudRate: BAUD_DEFAULT,
        slaveDevices: slavesOf(desk),
        useResistance: false,
        channelType: CHANNEL_OSDP,
      };
      return { config: { channels: [channel] } };
    },
    SearchDevice: ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      return { slaveInfos: slavesOf(desk) };
    },
    GetDevice: ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      return { slaveInfos: slavesOf(desk) };
    },
    // Bookkeeping of clients: which readers there are is the site file's, and a reader at a door is never disabled so.
    SetDevice: (request: OfDevice & { readonly slaveInfos: readonly OfDevice[] }) => {
      devices.demand(request.deviceID);
      const stranger = request.slaveInfos.find(({ deviceID }) => devices.readerOf(deviceID) === undefined);
      if (stranger !== undefined)
        throw new RpcError(
          code.invalidArgument,
          `slaveInfos.deviceID: ${stranger.deviceID} is not a reader of this controller`,
        );
      return {};
    },
  };
}

function slavesOf({ context, devices }: Desk): readonly object[] {
  const { items } = context.reads.alarms({ open: true, limit: ALARMS_AT_ONCE });
  const offline = new Set(
    items.flatMap(({ body: { kind, reader, endedMs } }) =>
      kind === 'reader-offline' && endedMs === undefined ? [reader] : [],
    ),
  );
  return devices.readers.map(({ deviceID, reader }) => ({
    deviceID,
    type:
      context.site.readers.find(({ id }) => id === reader)?.keypad === true ? type.keypadReader : type.reader,
    enabled: true,
    // A reader with wires of its own has no link that could break.
    connected: !offline.has(reader),
    channelID: 0,
    parentID: devices.controller,
  }));
}
