import assert from 'node:assert/strict';
import { encodeFrame } from '../../../src/readers/osdp/frame.js';
import { createSurvey, type FoundReader } from '../../../src/readers/osdp/survey.js';

const everybody = 0x7f;
/** PDID: vendor, model, version, serial, firmware. */
const pdid = 0x45;

interface Simulated {
  readonly address: number;
  /** From the end of the question to its whole answer. */
  readonly delayMs: number;
}

/** Searches one speed on a line with these readers, in time of our own. `echo`: the adapter hears itself. */
function scan(readers: readonly Simulated[], options: { readonly echo?: true; readonly split?: true } = {}) {
  const survey = createSurvey({ kind: 'scan', bauds: [9_600] });
  let nowMs = 0;
  let questions = 0;
  const coming: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  let output = survey.start(nowMs);
  while (!output.progress.done) {
    if (output.write !== undefined) {
      questions += 1;
      const address = output.write.find((_, at, bytes) => bytes[at - 1] === 0x53) ?? 0;
      if (options.echo) coming.push({ atMs: nowMs + 1, bytes: output.write });
      for (const reader of readers) {
        if (address !== everybody && address !== reader.address) continue;
        const data = new Uint8Array(12).fill(reader.address);
        const frame = encodeFrame({ address, reply: true, sqn: 0, crc: true, code: pdid, data });
        const atMs = nowMs + 20 + reader.delayMs;
        if (options.split)
          coming.push({ atMs, bytes: frame.slice(0, 7) }, { atMs: atMs + 3, bytes: frame.slice(7) });
        else coming.push({ atMs, bytes: frame });
      }
      coming.sort((a, b) => a.atMs - b.atMs);
    }
    const next = coming[0];
    if (next !== undefined && next.atMs <= output.wakeMs) {
      coming.shift();
      nowMs = Math.max(nowMs, next.atMs);
      output = survey.receive(next.bytes, nowMs);
    } else {
      nowMs = Math.max(nowMs, output.wakeMs);
      output = survey.wake(nowMs);
    }
  }
  const addresses = output.progress.found.map(({ address }: FoundReader) => address);
  return { addresses, questions };
}

describe('the search for readers nobody knows', () => {
  it('finds all that answer, a slow one behind a quick one too', () => {
    assert.deepEqual(
      scan([
        { address: 2, delayMs: 3 },
        { address: 90, delayMs: 180 },
      ]).addresses,
      [2, 90],
    );
  });

  it('finds all whose answers fall on one another', () => {
    const line = [
      { address: 5, delayMs: 3 },
      { address: 4, delayMs: 3 },
    ];
    assert.deepEqual(scan(line, { split: true }).addresses, [4, 5]);
  });

  it('stops at the first where only one answers, in pieces or behind its echo', () => {
    for (const options of [{}, { split: true }, { echo: true }] as const) {
      const { addresses, questions } = scan([{ address: 3, delayMs: 5 }], options);
      assert.deepEqual(addresses, [3]);
      assert.equal(questions, 5, JSON.stringify(options));
    }
  });

  it('asks nobody else where nobody answers', () => {
    assert.deepEqual(scan([]), { addresses: [], questions: 1 });
  });
});
