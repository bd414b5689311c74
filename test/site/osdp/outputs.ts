/** Outputs of a reader with their timers (command 68), in tenths of seconds on the wire. */
import { ack, nak, type Reply, recordsOf, refuse, reply } from './reply.js';

export interface Outputs {
  states(nowMs: number): readonly number[];
  isOn(index: number, nowMs: number): boolean;
  allOff(): void;
  /** Did a timer change one since it was last asked or told? */
  changedByItself(nowMs: number): boolean;
  command(data: Uint8Array, nowMs: number, answersStates: boolean): Reply;
}

interface Output {
  on: boolean;
  /** From then on it is `next`. */
  untilMs: number;
  next: boolean;
  told: boolean;
}

const forever = Number.POSITIVE_INFINITY;

export function createOutputs(count: number): Outputs {
  const outputs: Output[] = Array.from({ length: count }, () => ({
    on: false,
    untilMs: forever,
    next: false,
    told: false,
  }));
  const states = (nowMs: number) => outputs.map((output) => Number(isOn(output, nowMs)));
  return {
    states,
    isOn: (index, nowMs) => isOn(outputs[index], nowMs),
    allOff() {
      for (const output of outputs) Object.assign(output, { on: false, untilMs: forever, told: false });
    },
    changedByItself(nowMs) {
      const changed = outputs.some((output) => isOn(output, nowMs) !== output.told);
      for (const output of outputs) output.told = isOn(output, nowMs);
      return changed;
    },
    command(data, nowMs, answersStates) {
      const records = recordsOf(data, 4);
      if (records === undefined) return refuse(nak.length);
      if (records.some(([index = 0, control = 0]) => index >= count || control > 6))
        return refuse(nak.record);
      for (const [index = 0, control = 0, low = 0, high = 0] of records) {
        const output = outputs[index];
        if (output !== undefined) set(output, control, low | (high << 8), nowMs);
      }
      return answersStates ? reply(0x4a, ...states(nowMs)) : ack;
    },
  };
}

function isOn(output: Output | undefined, nowMs: number): boolean {
  return output !== undefined && (nowMs >= output.untilMs ? output.next : output.on);
}

/** 1 off, 2 on, 3 off after the timer, 4 on after it, 5 on for its time, 6 off for its time. */
function set(output: Output, control: number, timer: number, nowMs: number): void {
  const before = isOn(output, nowMs);
  const untilMs = nowMs + timer * 100;
  const rules: readonly (readonly [on: boolean, untilMs: number, next: boolean])[] = [
    [false, forever, false],
    [true, forever, true],
    [before, untilMs, false],
    [before, untilMs, true],
    [true, untilMs, before],
    [false, untilMs, before],
  ];
  const rule = rules[control - 1];
  if (rule === undefined) return;
  [output.on, output.untilMs, output.next] = rule;
  output.told = isOn(output, nowMs);
}
