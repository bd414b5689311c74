/**
 * A line cut and restored, from a seed, with cards read at both ends of every cut. Run as a script for a long
 * campaign: `node dist/test/readers/osdp/cuts.js 10000 [seed]`.
 */
import { pathToFileURL } from 'node:url';
import { randomFrom } from '../../simulation/random.js';
import { account, cardBits, createPanelScene, siteKey } from '../../site/osdp/panelScene.js';

export interface CutCampaign {
  readonly cuts: number;
  /** From the cut to offline, and from the mending to online, at the most. */
  readonly longestGoneMs: number;
  readonly longestBackMs: number;
  /** Cards presented while the line was whole, and what became of them. */
  readonly cards: number;
  readonly told: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Anything else that was told: a key press, an input that is not as it was, an alarm. */
  readonly falseFacts: number;
  /** What the reader, written from the standard's side, found against the standard. */
  readonly violations: number;
}

const madeUp: readonly string[] = ['formatted', 'keys', 'unreadable', 'alarm', 'key-wanted'];

/**
 * Cuts at any moment of an exchange, for up to three seconds beyond the loss. Throws when a loss or a return is not
 * told in time.
 */
export function cutCampaign(cuts: number, seed: number): CutCampaign {
  const random = randomFrom(seed);
  const scene = createPanelScene({
    readers: [{ scbk: siteKey, device: { inputs: 2 } }],
    baud: 115_200,
    bus: { pollMs: 200 },
  });
  const [reader] = scene.readers;
  scene.until(() => scene.state(0) === 'online');
  const before = scene.events.length;
  let [longestGoneMs, longestBackMs] = [0, 0];
  for (let cut = 0; cut < cuts; cut += 1) {
    // In the middle of an exchange as often as between two.
    scene.run(random.next() * 210);
    reader?.present(cardBits(cut));
    scene.run(400);
    const cutMs = scene.nowMs();
    scene.wire.fail();
    scene.until(() => scene.state(0) === 'offline', 8_000);
    longestGoneMs = Math.max(longestGoneMs, scene.nowMs() - cutMs);
    scene.run(random.next() * 3_000);
    const mendedMs = scene.nowMs();
    scene.wire.mend();
    scene.until(() => scene.state(0) === 'online', 10_000);
    longestBackMs = Math.max(longestBackMs, scene.nowMs() - mendedMs);
  }
  const { presented, told, lost, duplicated } = account(scene, 0);
  const falseFacts = scene.events.slice(before).filter(({ event }) => {
    return madeUp.includes(event.kind) || (event.kind === 'input' && event.state !== 'inactive');
  }).length;
  const violations = reader?.violations.length ?? 0;
  return {
    ...{ cuts, longestGoneMs, longestBackMs },
    ...{ cards: presented, told, lost, duplicated, falseFacts, violations },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , cuts = '10000', seed = '1'] = process.argv;
  process.stdout.write(`${JSON.stringify(cutCampaign(Number(cuts), Number(seed)))}\n`);
}
