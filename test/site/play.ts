/**
 * Plays a transcript against the real core: lines of `[+Nd] HH:MM:SS stimulus -> answer; answer`, times local,
 * answers compared exactly and in order, `nothing` for none. `+Nd` counts from the scene's date. A time that
 * comes twice is meant in its first coming unless its offset is given (`02:30:00+01:00`). `#` begins a remark.
 * Between two lines the core is woken whenever it asked for it; what it does then is not part of any line,
 * so a line with `tick` stands where it matters.
 */
import { AssertionError } from 'node:assert';
import { Temporal } from 'temporal-polyfill';
import type { Scene } from './scene.js';
import { directionOf, siteOf } from './scene.js';
import type { Stage } from './stimuli.js';
import { perform } from './stimuli.js';
import { signalWords, wordsOf } from './words.js';
import type { World } from './world.js';
import { advanceTo, assertDurable, makeWorld, reportInputs } from './world.js';

/** Uptime at the beginning of day 0. */
const UPTIME_MS = 86_400_000;

interface Line {
  readonly text: string;
  readonly time: string;
  readonly stimulus: string;
  readonly expected: string;
}

/** Plays the lines; throws with expected and got side by side when any answer differs. */
export function play(scene: Scene, transcript: string): World {
  const world = begin(scene);
  const stage: Stage = { scene, world, clock: (wallMs) => clockOf(scene, wallMs) };
  const shown: string[] = [];
  let wrong = 0;
  for (const line of linesOf(transcript)) {
    const got = answer(stage, line);
    const same = got === line.expected;
    if (!same) wrong += 1;
    const asked = `${line.time} ${line.stimulus}`;
    shown.push(
      same
        ? `    ${asked} -> ${got}`
        : `  ! ${asked}\n      expected  ${line.expected}\n      got       ${got}`,
    );
  }
  if (shown.length === 0) throw new Error('the transcript has no lines');
  if (wrong > 0) {
    throw new AssertionError({ message: `${wrong} of ${shown.length} lines differ\n${shown.join('\n')}` });
  }
  return world;
}

function linesOf(transcript: string): readonly Line[] {
  const texts = transcript.split('\n').map((text) => text.trim());
  return texts.filter((text) => text !== '' && !text.startsWith('#')).map(lineOf);
}

function lineOf(text: string): Line {
  const found = /^((?:\+\d+d )?\d\d:\d\d:\d\S*) +(.+?) +-> +(.+)$/.exec(text);
  const [, time, stimulus, expected] = found ?? [];
  if (time === undefined || stimulus === undefined || expected === undefined) {
    throw new Error(`not a transcript line: ${text}`);
  }
  return { text, time, stimulus, expected };
}

function answer(stage: Stage, line: Line): string {
  const { scene, world, clock } = stage;
  const wallMs = wallMsOf(scene, line.time);
  if (wallMs < world.wallMs)
    throw new Error(`the line lies in the past (${clock(world.wallMs)}): ${line.text}`);
  advanceTo(world, wallMs);
  world.happened = [];
  const answered = perform(stage, line.stimulus);
  assertDurable(world);
  const words = scene.signals
    ? signalWords(world.happened)
    : [...answered, ...wordsOf(world.happened, world.site, clock, scene.full)];
  return words.length === 0 ? 'nothing' : words.join('; ');
}

/** The scene at the beginning of day 0, inputs reported. */
export function begin(scene: Scene): World {
  const wallMs = wallMsOf(scene, '00:00:00');
  const world = makeWorld(
    siteOf(scene),
    { monoMs: UPTIME_MS, wallMs, trust: scene.trust },
    scene.seen.map((seen) => seenOf(scene, seen, wallMs)),
  );
  reportInputs(world);
  return world;
}

/** `ann in 08:00:00`, by `lobby-in`, in the first zone. */
function seenOf(scene: Scene, seen: string, startMs: number) {
  const [user = '', side = '', time = ''] = seen.split(' ');
  const reader = `lobby-${side}`;
  const wallMs = wallMsOf(scene, time);
  const monoMs = UPTIME_MS + wallMs - startMs;
  const record = { direction: directionOf(reader), reader, boot: 'boot-1', monoMs, wallMs, trusted: true };
  return { zone: scene.zones[0]?.id ?? 0, user, record };
}

function wallMsOf(scene: Scene, time: string): number {
  const [, days = '0', of = '', offset = ''] = /^(?:\+(\d+)d )?([\d:.]+)(.*)$/.exec(time) ?? [];
  const date = Temporal.PlainDate.from(scene.date).add({ days: Number(days) });
  return Temporal.ZonedDateTime.from(`${date}T${of}${offset}[${scene.timeZone}]`).epochMilliseconds;
}

function clockOf(scene: Scene, wallMs: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO(scene.timeZone);
  return local.toPlainTime().toString({ smallestUnit: 'second' });
}
