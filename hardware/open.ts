import { mockBoard } from './boards/mock.js';
import { type DeviceRequest, openSerialPort, type SerialDeps } from './drivers/serialport.js';
import { type Mock, type MockDeps, openMock } from './mock/mock.js';
import {
  type Board,
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

interface Driver {
  readonly board: Board;
  /** Opens the lines; serial ports with a device are opened beside them, so only the mock has `serial` of its own. */
  readonly open: (
    request: HardwareRequest,
    deps: OpenDeps,
  ) => { readonly hardware: Lines & Partial<Hardware>; readonly mock?: Mock };
}

/** A new board joins as one row: its data and the function that opens it. */
const drivers: readonly Driver[] = [{ board: mockBoard, open: openMock }];

/** The boards there are. */
export const boards: readonly Board[] = drivers.map((driver) => driver.board);

/**
 * Opens exactly the board asked for. Throws when there is no such board (naming those there are) and
 * `LineError` when the board cannot serve the request; another board is never taken instead. A serial device that is
 * not there is no error: its line tells the fault and comes back by itself.
 */
export function openHardware(request: HardwareRequest, deps: OpenDeps): OpenedHardware {
  const driver = drivers.find(({ board }) => board.id === request.board);
  if (driver === undefined) {
    const known = boards.map((board) => board.id).join(', ');
    throw new Error(
      `board ${JSON.stringify(request.board)}: there is no such board; choose one of: ${known}`,
    );
  }
  const ports = request.serial ?? [];
  checkSerial(ports, { inMemory: driver.board === mockBoard });
  const { hardware, ...rest } = driver.open(request, deps);
  const devices = ports.filter((port): port is DeviceRequest => port.device !== undefined);
  return { hardware: withSerial(hardware, devices, deps), ...rest };
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
