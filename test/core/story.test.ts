import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RecordChange } from '../../src/core/log.js';
import { trieEntries } from '../../src/core/trie.js';
import { begin } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';
import { perform } from '../site/stimuli.js';
import type { World } from '../site/world.js';
import { advanceTo, assertDurable } from '../site/world.js';

const scene = standing({
  lobby: withContact,
  garage: { onStorageFailure: 'grant-degraded' },
  users: { bob: { extendedUnlock: true } },
});
const readers = ['lobby-in', 'lobby-out', 'garage-in', 'garage-out'];
const weighted: readonly (readonly [number, readonly string[]])[] = [
  [12, readers.flatMap((reader) => [`swipe ann ${reader}`, `swipe bob ${reader}`])],
  [3, ['http ann lobby lobby-in', 'http ann lobby none', 'http bob garage garage-out']],
  [8, ['opens lobby', 'closes lobby']],
  [3, ['rex lobby', 'rex-release lobby', 'release lobby', 'fire on', 'fire off', 'fire reset']],
  [3, ['lock lobby', 'normal lobby', 'unlock garage', 'normal garage', 'lock garage emergency']],
  [6, ['storage slow', 'storage up', 'storage up', 'storage down', 'storage wrote']],
  [3, ['crash', 'dies', 'reboot', 'clock-step +1h', 'clock-step -1h', 'trust unset', 'trust ntp']],
  [2, ['clear ann hq', 'clearall hq', 'delete user bob', 'replace zone hq name=hq']],
];
const stimulus = fc.oneof(
  ...weighted.map(([weight, texts]) => ({ weight, arbitrary: fc.constantFrom(...texts) })),
);
const story = fc.array(fc.record({ stimulus, afterMs: fc.constantFrom(0, 10, 300, 1_000, 2_000, 6_000) }), {
  minLength: 10,
  maxLength: 60,
  size: 'max',
});

/** Went out twice: in between, "in" was withdrawn after "out" had been granted on it. */
const outTwice = [
  ...[
    { stimulus: 'storage slow', afterMs: 0 },
    { stimulus: 'swipe ann garage-out', afterMs: 0 },
  ],
  ...[
    { stimulus: 'opens lobby', afterMs: 0 },
    { stimulus: 'swipe ann lobby-in', afterMs: 0 },
  ],
  ...[
    { stimulus: 'closes lobby', afterMs: 0 },
    { stimulus: 'swipe ann lobby-out', afterMs: 1_000 },
  ],
  ...[
    { stimulus: 'opens lobby', afterMs: 1_000 },
    { stimulus: 'storage up', afterMs: 0 },
  ],
];

/** Users in the zone as the core remembers them. */
function sides(world: World): Map<string, string> {
  const records = world.state.records.get(1);
  return new Map(
    records === undefined ? [] : [...trieEntries(records)].map(([user, { direction }]) => [user, direction]),
  );
}

function follow(model: Map<string, string>, change: RecordChange): void {
  if (change.kind === 'set') model.set(change.user, change.record.direction);
  else if (change.kind === 'forget-zone') model.clear();
  else if ('user' in change) model.delete(change.user);
}

/** The rows alone, in their order, must lead to what the core remembers; a passage never repeats a side. */
function followRows(world: World, model: Map<string, string>): void {
  for (const one of world.happened) {
    if (one.kind !== 'row') continue;
    const passes = one.row.kind === 'access-granted' || one.row.kind === 'access-taken';
    for (const change of one.row.records ?? []) {
      if (passes && change.kind === 'set')
        assert.notEqual(model.get(change.user), change.record.direction, one.row.kind);
      follow(model, change);
    }
  }
}

describe('stories by chance in a hard zone', () => {
  it('disk, rows and core agree at every line, and nobody passes twice on one side', () => {
    fc.assert(
      fc.property(story, (lines) => {
        const world = begin(scene);
        const stage = { scene, world, clock: String };
        for (const line of lines) {
          const model = sides(world);
          world.happened = [];
          advanceTo(world, world.wallMs + line.afterMs);
          followRows(world, model);
          world.happened = [];
          const restarts = line.stimulus === 'crash' || line.stimulus === 'reboot';
          const forgets = line.stimulus.startsWith('delete');
          perform(stage, line.stimulus);
          if (!restarts && !forgets) {
            followRows(world, model);
            assert.deepEqual(sides(world), model);
          }
          assertDurable(world);
        }
      }),
      { numRuns: 400, examples: [[outTwice]] },
    );
  });
});
