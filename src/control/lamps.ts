/** Reader signals on the lamp and beeper lines of Wiegand readers. */
import type { Hardware, LineName, OutputRequest } from '../../hardware/ports.js';
import type { ReaderSignal } from '../core/effects.js';
import type { ReaderId } from '../core/model.js';
import {
  type LampLine,
  type LampPatterns,
  lampLines,
  type Pattern,
  stretchAt,
} from '../readers/wiegand/lamps.js';

/** The lamp and beeper of one reader. */
export interface LampWiring {
  readonly reader: ReaderId;
  readonly lines: Readonly<Partial<Record<LampLine, LampLineWiring>>>;
  readonly patterns: LampPatterns;
}

export interface LampLineWiring {
  readonly line: LineName;
  readonly activeLow: boolean;
}

export interface LampDeps {
  readonly hardware: Pick<Hardware, 'setActive'>;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** A line that cannot be driven; told once until it can be again. */
  readonly failed: (line: LineName) => void;
}

export interface Lamps {
  /** Shows a signal until the next one; for a reader without lines, nothing. Never throws. */
  show(reader: ReaderId, signal: ReaderSignal): void;
  /** All lamps and beepers off, and none moves any more. */
  close(): void;
}

/** The outputs to ask of the board. */
export function lampOutputsOf(wirings: readonly LampWiring[]): readonly OutputRequest[] {
  return wirings.flatMap(({ lines }) =>
    lampLines.flatMap((name) => {
      const wiring = lines[name];
      return wiring === undefined ? [] : [{ line: wiring.line, activeLow: wiring.activeLow }];
    }),
  );
}

/** One timer a line, and only while its pattern moves. */
export function createLamps(wirings: readonly LampWiring[], deps: LampDeps): Lamps {
  const players = new Map(
    wirings.map(({ reader, lines, patterns }) => [
      reader,
      lampLines.flatMap((name) => {
        const line = lines[name]?.line;
        return line === undefined ? [] : [{ name, patterns, player: createPlayer(line, deps) }];
      }),
    ]),
  );
  return {
    show: (reader, signal) => {
      for (const { name, patterns, player } of players.get(reader) ?? []) {
        player.play(patterns[signal][name] ?? 'off');
      }
    },
    close: () => {
      for (const { player } of [...players.values()].flat()) player.play('off');
    },
  };
}

function createPlayer(line: LineName, { hardware, setTimer, failed }: LampDeps) {
  let cancel = (): void => undefined;
  let broken = false;
  const drive = (active: boolean): void => {
    try {
      hardware.setActive(line, active);
      broken = false;
    } catch {
      if (!broken) failed(line);
      broken = true;
    }
  };
  const playFrom = (pattern: Pattern, index: number): void => {
    const { active, ms } = stretchAt(pattern, index);
    drive(active);
    cancel = ms === undefined ? () => undefined : setTimer(() => playFrom(pattern, index + 1), ms);
  };
  return {
    play: (pattern: Pattern): void => {
      cancel();
      playFrom(pattern, 0);
    },
  };
}
