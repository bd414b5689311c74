/** One RS485 line: the bus, or a survey that has the line for itself, driven by a serial port and one timer. */
import type { SerialLine } from '../../hardware/ports.js';
import type { SurveyView } from '../core/osdp.js';
import { type Bus, type BusConfig, type BusOutput, createBus } from '../readers/osdp/bus.js';
import type { BusEvent } from '../readers/osdp/events.js';
import { createSurvey, type Survey, type SurveyOutput, type SurveyPlan } from '../readers/osdp/survey.js';
import { createTrace, type Trace } from './osdpTrace.js';
import { createWake } from './wake.js';

export interface OsdpLineDeps {
  readonly name: string;
  readonly config: BusConfig;
  readonly serial: SerialLine;
  /** Monotonic ms with fractions. */
  readonly nowMs: () => number;
  readonly nowWallMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  readonly on: (event: BusEvent) => void;
  /** The adapter was pulled, or is back. */
  readonly fault: (line: string, fault: 'unavailable' | 'restored') => void;
}

export interface OsdpLine {
  readonly name: string;
  readonly baud: number;
  readonly trace: Trace;
  /** Begins to poll. */
  start(): void;
  isSurveyed(): boolean;
  /** Runs one call of the bus and does what comes out of it. Nothing while the line is being surveyed. */
  run(call: (bus: Bus, nowMs: number) => BusOutput): void;
  health(): ReturnType<Bus['health']>;
  /** False = one is running. */
  survey(plan: SurveyPlan): boolean;
  surveyView(): SurveyView | undefined;
  close(): void;
}

export function openOsdpLine(deps: OsdpLineDeps): OsdpLine {
  const { name, config, serial, nowMs } = deps;
  const bus = createBus(config);
  const trace = createTrace(deps.nowWallMs);
  const timer = createWake(nowMs, deps.setTimer);
  let survey: { readonly machine: Survey; view: SurveyView } | undefined;
  let isSurveyed = false;
  let isClosed = false;

  const write = (bytes: Uint8Array | undefined) => {
    if (bytes === undefined) return;
    trace.output(bytes);
    serial.write(bytes);
  };
  const did = (output: BusOutput): void => {
    write(output.write);
    timer.at(output.wakeMs, () => did(bus.wake(nowMs())));
    for (const event of output.events) deps.on(event);
  };
  const surveyed = (output: SurveyOutput): void => {
    if (survey === undefined) return;
    if (output.baud !== undefined) serial.setBaud(output.baud);
    write(output.write);
    survey.view = { kind: survey.view.kind, ...output.progress };
    const { machine } = survey;
    if (!output.progress.done) {
      timer.at(output.wakeMs, () => surveyed(machine.wake(nowMs())));
      return;
    }
    isSurveyed = false;
    serial.setBaud(config.baud);
    did(bus.reset(nowMs()));
  };

  serial.onBytes((bytes) => {
    if (isClosed) return;
    trace.input(bytes);
    if (!isSurveyed) did(bus.receive(bytes, nowMs()));
    else if (survey !== undefined) surveyed(survey.machine.receive(bytes, nowMs()));
  });
  serial.onFault(({ fault }) => deps.fault(name, fault));
  return {
    ...{ name, baud: config.baud, trace },
    start: () => did(bus.start(nowMs())),
    isSurveyed: () => isSurveyed,
    run(call) {
      if (!isSurveyed && !isClosed) did(call(bus, nowMs()));
    },
    health: () => bus.health(nowMs()),
    survey(plan) {
      if (isSurveyed || isClosed) return false;
      isSurveyed = true;
      const machine = createSurvey(plan);
      survey = { machine, view: { kind: plan.kind, done: false, share: 0, found: [] } };
      surveyed(machine.start(nowMs()));
      return true;
    },
    surveyView: () => survey?.view,
    close() {
      isClosed = true;
      timer.cancel();
    },
  };
}
