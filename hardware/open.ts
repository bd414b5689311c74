import { mockBoard } from './boards/mock.js';
import { type Mock, type MockDeps, openMock } from './mock/mock.js';
import type { Board, Hardware, HardwareRequest } from './ports.js';

/** What any driver may need of the process. */
export type OpenDeps = MockDeps;

export interface OpenedHardware {
  readonly hardware: Hardware;
  /** Only the mock board has it. */
  readonly mock?: Mock;
}

interface Driver {
  readonly board: Board;
  readonly open: (request: HardwareRequest, deps: OpenDeps) => OpenedHardware;
}

/** A new board joins as one row: its data and the function that opens it. */
const drivers: readonly Driver[] = [{ board: mockBoard, open: openMock }];

/** The boards there are. */
export const boards: readonly Board[] = drivers.map((driver) => driver.board);

/**
 * Opens exactly the board asked for. Throws when there is no such board (naming those there are) and
 * `LineError` when the board cannot serve the request; another board is never taken instead.
 */
export function openHardware(request: HardwareRequest, deps: OpenDeps): OpenedHardware {
  const driver = drivers.find(({ board }) => board.id === request.board);
  if (driver !== undefined) return driver.open(request, deps);
  const known = boards.map((board) => board.id).join(', ');
  throw new Error(`board ${JSON.stringify(request.board)}: there is no such board; choose one of: ${known}`);
}
