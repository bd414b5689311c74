import { boards } from './boards/boards.js';
import { openGpiochip } from './drivers/gpiochip.js';
import { openOnoff } from './drivers/onoff.js';
import { type DeviceRequest, openSerialPort, type SerialDeps } from './drivers/serialport.js';
import { type Mock, type MockDeps, openMock } from './mock/mock.js';
import {
  type Board,
  type DriverName,
  type Hardware,
  type HardwareRequest,
  LineError,
  type Lines,
  type SerialPortName,
} from './ports.js';
import { checkSerial } from './request.js';

/** What any driver may need of the process. */
export type OpenDeps = MockDeps & Pick<SerialDeps, 'makePort'>;

export interface OpenedHardware {
  readonly hardware: Hardware;
  /** Only the mock board has it. */
  readonly mock?: Mock;
}

/** Opens the lines; serial ports with a device are opened beside them, so only the mock has `serial` of its own. */
type OpenLines = (
  board: Board,
  request: HardwareRequest,
  deps: OpenDeps,
) => { readonly hardware: Lines & Partial<Hardware>; readonly mock?: Mock };

const drivers: Readonly<Record<DriverName, OpenLines>> = {
  mock: (_, request, deps) => openMock(request, deps),
  gpiochip: (board, request, deps) => ({ hardware: openGpiochip(board, request, deps) }),
  onoff: (board, request, deps) => ({ hardware: openOnoff(board, request, deps) }),
};

/**
 * Opens exactly the board asked for, with the driver asked for. Throws when there is no such board or driver (naming
 * those there are) and `LineError` when it cannot serve the request; another is never taken instead. A serial device that is
 * not there is no error: its line tells the fault and comes back by itself.
 */
export function openHardware(request: HardwareRequest, deps: OpenDeps): OpenedHardware {
  const board = boards.find(({ id }) => id === request.board);
  if (board === undefined) {
    const known = boards.map(({ id }) => id).join(', ');
    throw new Error(
      `board ${JSON.stringify(request.board)}: there is no such board; choose one of: ${known}`,
    );
  }
  const ports = request.serial ?? [];
  const driver = driverOf(board, request.driver);
  checkSerial(ports, { inMemory: driver === 'mock' });
  const { hardware, ...rest } = drivers[driver](board, request, deps);
  const devices = ports.filter((port): port is DeviceRequest => port.device !== undefined);
  return { hardware: withSerial(hardware, devices, deps), ...rest };
}

function driverOf(board: Board, asked: DriverName | undefined): DriverName {
  const driver = asked ?? board.drivers[0];
  if (driver !== undefined && board.drivers.includes(driver)) return driver;
  throw new Error(
    `driver ${driver}: cannot open board ${board.id}; choose one of: ${board.drivers.join(', ')}`,
  );
}

function withSerial(
  lines: Lines & Partial<Hardware>,
  devices: readonly DeviceRequest[],
  deps: SerialDeps,
): Hardware {
  const opened = new Map(devices.map((request) => [request.port, openSerialPort(request, deps)]));
  return {
    ...lines,
    serial(port: SerialPortName) {
      const line = opened.get(port) ?? lines.serial?.(port);
      if (line === undefined) throw new LineError(port, 'is not requested as a serial port');
      return line;
    },
    close() {
      for (const line of opened.values()) line.close();
      lines.close();
    },
  };
}
