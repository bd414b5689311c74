import {
  type Board,
  type HardwareRequest,
  type InputRequest,
  LineError,
  type OutputRequest,
  type SerialRequest,
} from './ports.js';

/**
 * Refuses a request the board cannot serve: a line that is not on it, used twice, or against its direction;
 * half a pulse pair; an output that would be active before anything drives it. Throws `LineError`.
 */
export function checkRequest(board: Board, request: HardwareRequest): void {
  const used = new Set<string>();
  for (const { line } of [...request.inputs, ...request.outputs]) {
    if (used.has(line)) throw new LineError(line, 'requested twice; give each line one use');
    used.add(line);
  }
  for (const input of request.inputs) checkInput(board, request.inputs, input);
  for (const output of request.outputs) checkOutput(board, output);
}

/**
 * Refuses serial ports that cannot be: one name or device twice, no device on a board of metal, an impossible speed.
 * Throws `LineError`, which names the port.
 */
export function checkSerial(
  ports: readonly SerialRequest[],
  { inMemory }: { readonly inMemory: boolean },
): void {
  const used = new Set<string>();
  for (const { port, device, baud } of ports) {
    if (used.has(`port ${port}`))
      throw new LineError(port, 'requested twice; give each serial port one name');
    if (device === undefined && !inMemory) throw new LineError(port, 'has no device; name its device file');
    if (used.has(`device ${device}`)) throw new LineError(port, `${device} is the device of another port`);
    if (!(Number.isInteger(baud) && baud >= 300 && baud <= 1_000_000)) {
      throw new LineError(port, `cannot do ${baud} baud; give 300 to 1000000`);
    }
    used.add(`port ${port}`);
    if (device !== undefined) used.add(`device ${device}`);
  }
}

function checkInput(board: Board, inputs: readonly InputRequest[], { line, use }: InputRequest): void {
  if (boardLine(board, line).direction === 'output') throw new LineError(line, 'is an output, not an input');
  if (use.kind === 'level') {
    if (Number.isFinite(use.debounceMs) && use.debounceMs >= 0) return;
    throw new LineError(line, `debounce of ${use.debounceMs} ms; give 0 or more`);
  }
  const partner = inputs.find((other) => other.line === use.partner)?.use;
  if (use.partner !== line && partner?.kind === 'pulses' && partner.partner === line) return;
  throw new LineError(line, `its pulse partner ${use.partner} is not requested as its partner`);
}

function checkOutput(board: Board, { line, activeLow }: OutputRequest): void {
  const { direction, bootLevel } = boardLine(board, line);
  if (direction === 'input') throw new LineError(line, 'is an input, not an output');
  if (bootLevel !== (activeLow ? 'low' : 'high')) return;
  throw new LineError(line, `stands ${bootLevel} at boot, which is its active level; choose another line`);
}

function boardLine(board: Board, line: string) {
  const found = board.lines.get(line);
  if (found === undefined) throw new LineError(line, `is not on the board "${board.id}"`);
  if (found.reserved !== undefined) throw new LineError(line, `is taken: ${found.reserved}`);
  return found;
}
