import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  deadlineUs,
  endIfOver,
  type PulseEdge,
  type PulseOutput,
  type PulseState,
  quietLines,
  takeEdge,
} from '../../../src/readers/wiegand/pulses.js';
import { edgesOf } from '../../site/wiegandReader.js';

const gapUs = 30_000;
const card = '10111101110110010011011101';
const other = '10000000100000000000000010';

/** Hands in all edges, then looks long after. */
function readAll(edges: readonly PulseEdge[], from: PulseState = quietLines): PulseOutput[] {
  const outputs: PulseOutput[] = [];
  let state = from;
  for (const edge of edges) {
    const step = takeEdge(state, edge, gapUs);
    state = step.state;
    outputs.push(...step.outputs);
  }
  outputs.push(...endIfOver(state, Number.MAX_SAFE_INTEGER, gapUs).outputs);
  return outputs;
}

const short = (outputs: readonly PulseOutput[]) =>
  outputs.map((output) => {
    if (output.kind === 'frame') return output.bits;
    return output.kind === 'damaged' ? output.why : `${output.kind} ${output.bits}`;
  });

describe('wiegand pulses: frames', () => {
  it('reads a frame at every spacing in the field', () => {
    for (const spacingUs of [200, 1000, 2000, 20_000]) {
      const [frame] = readAll(edgesOf(card, 7_000_000, 1, spacingUs));
      const endUs = 7_000_000 + 25 * spacingUs;
      assert.deepEqual(frame, { kind: 'frame', bits: card, startUs: 7_000_000, endUs });
    }
  });

  it('ends a frame at the gap exactly, by stamps', () => {
    const before = edgesOf(card, 0);
    const next = (afterUs: number) => [...before, ...edgesOf(other, 25_000 + afterUs, 27)];
    assert.deepEqual(short(readAll(next(gapUs))), [card, other]);
    assert.deepEqual(short(readAll(next(gapUs - 1))), [card + other]);
  });

  it('knows when to look, and leaves an open frame alone before', () => {
    assert.equal(deadlineUs(quietLines, gapUs), undefined);
    const state = edgesOf('1010', 0).reduce((open, edge) => takeEdge(open, edge, gapUs).state, quietLines);
    assert.equal(deadlineUs(state, gapUs), 3000 + gapUs);
    assert.deepEqual(endIfOver(state, 3000 + gapUs - 1, gapUs), { state, outputs: [] });
    const ended = endIfOver(state, 3000 + gapUs, gapUs);
    assert.deepEqual(short(ended.outputs), ['1010']);
    assert.equal(deadlineUs(ended.state, gapUs), undefined);
  });

  it('splits two frames that come in one late batch', () => {
    const batch = [...edgesOf(card, 0), ...edgesOf(other, 80_000, 27)];
    assert.deepEqual(short(readAll(batch)), [card, other]);
  });

  it('puts edges queued in the wrong order right by their numbers, also around 2^32', () => {
    for (const seqno of [1, 2 ** 32 - 10, 2 ** 31 - 5]) {
      const edges = edgesOf(card, 0, seqno);
      for (let at = 0; at + 1 < edges.length; at += 3)
        edges.splice(at, 2, ...edges.slice(at, at + 2).reverse());
      assert.deepEqual(short(readAll(edges)), [card]);
    }
  });

  it('waits from the latest edge, even when that one was queued before another', () => {
    const edges = edgesOf('10101', 0).toSpliced(3, 2, ...edgesOf('10101', 0).slice(3).reverse());
    const state = edges.reduce((open, edge) => takeEdge(open, edge, gapUs).state, quietLines);
    assert.equal(deadlineUs(state, gapUs), 4000 + gapUs);
    assert.deepEqual(endIfOver(state, 4000 + gapUs, gapUs).outputs, [
      { kind: 'frame', bits: '10101', startUs: 0, endUs: 4000 },
    ]);
  });
});

describe('wiegand pulses: noise', () => {
  it('drops fewer than 4 bits and counts them', () => {
    assert.deepEqual(short(readAll(edgesOf('1', 0))), ['noise 1']);
    assert.deepEqual(short(readAll(edgesOf('101', 0))), ['noise 3']);
    assert.deepEqual(short(readAll(edgesOf('1010', 0))), ['1010']);
  });

  it('calls a frame damaged when two edges are less than 100 us apart, on one line or both', () => {
    const edges = (extraUs: number) => {
      const first = edgesOf(card.slice(0, 10), 0);
      const spike: PulseEdge = { bit: 0, atUs: 9000 + extraUs, seqno: 11 };
      return [...first, spike, ...edgesOf(card.slice(10), 10_000, 12)];
    };
    assert.deepEqual(readAll(edges(99)), [{ kind: 'damaged', why: 'too-close', bits: 27 }]);
    assert.deepEqual(readAll(edges(901)), [{ kind: 'damaged', why: 'too-close', bits: 27 }]);
    assert.equal(short(readAll(edges(100)))[0]?.length, 27);
  });

  it('calls a frame damaged when an edge was lost in it or before it', () => {
    const edges = edgesOf(card, 0);
    assert.deepEqual(short(readAll(edges.toSpliced(12, 1))), ['edges-lost']);
    const before = takeEdge(quietLines, { bit: 0, atUs: 0, seqno: 5 }, gapUs).state;
    assert.deepEqual(short(readAll(edgesOf(card, 100_000, 7), before)), ['noise 1', 'edges-lost']);
    assert.deepEqual(short(readAll(edgesOf(card, 100_000, 6), before)), ['noise 1', card]);
  });

  it('calls a frame damaged when numbers start anew or repeat: another process counts', () => {
    const restarted = [...edgesOf(card, 0, 50), ...edgesOf(card, 100_000, 1), ...edgesOf(other, 200_000, 27)];
    assert.deepEqual(short(readAll(restarted)), [card, 'edges-lost', other]);
    const doubled = edgesOf(card, 0).flatMap((edge) => [edge, { ...edge, atUs: edge.atUs + 500 }]);
    assert.deepEqual(short(readAll(doubled)), ['edges-lost']);
  });

  it('calls a frame damaged when a line is still active after it', () => {
    const state = edgesOf(card, 0).reduce((open, edge) => takeEdge(open, edge, gapUs).state, quietLines);
    assert.deepEqual(short(endIfOver(state, 55_000, gapUs, true).outputs), ['line-active']);
  });

  it('never makes a frame of the rest of one that was ended too early', () => {
    const edges = edgesOf(card + card, 0);
    const half = edges.slice(0, 26).reduce((open, edge) => takeEdge(open, edge, gapUs).state, quietLines);
    const ended = endIfOver(half, 25_000 + gapUs, gapUs);
    assert.deepEqual(short(readAll(edges.slice(26), ended.state)), ['no-gap']);
  });
});

describe('wiegand pulses: storm', () => {
  const stormy = (bits: number) => edgesOf('1'.repeat(bits), 0, 1, 500);

  it('takes 128 bits for a frame and the 129th for a storm', () => {
    assert.equal(short(readAll(stormy(128)))[0]?.length, 128);
    assert.deepEqual(short(readAll(stormy(129))), ['storm 129']);
  });

  it('is deaf for a second, then hears a card again', () => {
    const during = edgesOf(card, 500_000, 130);
    const after = edgesOf(card, 1_064_000, 156);
    assert.deepEqual(short(readAll([...stormy(129), ...during, ...after])), ['storm 129', card]);
  });

  it('says a storm that goes on once a second, and never takes its tail for a card', () => {
    const long = stormy(5 * 2000);
    assert.deepEqual(new Set(short(readAll(long).slice(0, -1))), new Set(['storm 129']));
    const tail = stormy(129 + 2000 - 1 + 26);
    assert.deepEqual(short(readAll(tail)), ['storm 129', 'no-gap']);
  });
});

/** A train of pulses, what was done to it, and whether it must be read. */
interface Train {
  readonly bits: string;
  readonly spacingUs: number;
  readonly silenceUs: number;
  readonly harm: 'none' | 'missing' | 'lost' | 'doubled' | 'spike' | 'swapped' | 'restart';
  readonly at: number;
}

const harms = ['none', 'missing', 'lost', 'doubled', 'spike', 'swapped', 'restart'] as const;
const trainOf: fc.Arbitrary<Train> = fc.record({
  bits: fc.array(fc.constantFrom('0', '1'), { minLength: 4, maxLength: 40 }).map((list) => list.join('')),
  // Two spacings stay below the gap, so that one edge less does not split a train.
  spacingUs: fc.integer({ min: 200, max: 14_900 }),
  silenceUs: fc.integer({ min: gapUs, max: 500_000 }),
  harm: fc.constantFrom(...harms),
  at: fc.nat(1000),
});

/** Plays trains one after the other; with each its edges and what must come of them. */
function play(trains: readonly Train[], startSeqno: number) {
  let seqno = startSeqno;
  let atUs = 1_000_000;
  let lostAtEnd = false;
  const batches: { readonly edges: readonly PulseEdge[]; readonly expect: string }[] = [];
  for (const { bits, spacingUs, silenceUs, harm, at } of trains) {
    if (harm === 'restart') seqno = (seqno + 1000) % 2 ** 32;
    const hurt = harmed(edgesOf(bits, atUs, seqno, spacingUs), harm, at);
    const damaged = lostAtEnd || hurt.damaged || harm === 'restart';
    const { edges } = hurt;
    if (edges.length > 0) {
      const sent = bitsBySeqno(edges, seqno);
      batches.push({
        edges,
        expect: edges.length < 4 ? `noise ${edges.length}` : damaged ? 'damaged' : sent,
      });
    }
    lostAtEnd = edges.length > 0 ? hurt.lostAtEnd : lostAtEnd || hurt.lostAtEnd;
    seqno = hurt.nextSeqno;
    atUs += bits.length * spacingUs + silenceUs;
  }
  return batches;
}

function bitsBySeqno(edges: readonly PulseEdge[], from: number): string {
  const distance = (edge: PulseEdge) => (edge.seqno - from + 2 ** 32) % 2 ** 32;
  return [...edges]
    .sort((a, b) => distance(a) - distance(b))
    .map((edge) => edge.bit)
    .join('');
}

function harmed(edges: readonly PulseEdge[], harm: Train['harm'], pick: number) {
  const at = pick % edges.length;
  const nextOf = (list: readonly PulseEdge[]) => ((list.at(-1)?.seqno ?? 0) + 1) % 2 ** 32;
  const fine = { edges, damaged: false, lostAtEnd: false, nextSeqno: nextOf(edges) };
  const renumber = (list: readonly PulseEdge[]) =>
    list.map((edge, index) => ({ ...edge, seqno: ((edges[0]?.seqno ?? 0) + index) % 2 ** 32 }));
  const edge = edges[at];
  if (edge === undefined) return fine;
  if (harm === 'missing') {
    // The reader never sent it: nothing but the length shows it.
    const fewer = renumber(edges.toSpliced(at, 1));
    return { ...fine, edges: fewer, nextSeqno: nextOf(fewer) };
  }
  if (harm === 'lost') {
    const last = at === edges.length - 1;
    return { ...fine, edges: edges.toSpliced(at, 1), damaged: !last, lostAtEnd: last };
  }
  if (harm === 'doubled') {
    // The queue's copy of one edge.
    return { ...fine, edges: edges.toSpliced(at, 0, edge), damaged: true };
  }
  if (harm === 'spike') {
    const spike: PulseEdge = { ...edge, bit: edge.bit === 0 ? 1 : 0, atUs: edge.atUs + 1 + (pick % 99) };
    const more = renumber(edges.toSpliced(at + 1, 0, spike));
    return { ...fine, edges: more, damaged: true, nextSeqno: nextOf(more) };
  }
  if (harm === 'swapped' && at > 0) {
    return { ...fine, edges: edges.toSpliced(at - 1, 2, ...edges.slice(at - 1, at + 1).reverse()) };
  }
  return fine;
}

const told = (outputs: readonly PulseOutput[]) =>
  outputs.map((output) => {
    if (output.kind === 'frame') return output.bits;
    return output.kind === 'damaged' ? 'damaged' : `${output.kind} ${output.bits}`;
  });

describe('wiegand pulses: 100,000 random trains', () => {
  it('reads every sound frame right, no harmed one, and carries nothing over', () => {
    const perRun = 500;
    const trains = fc.array(trainOf, { minLength: perRun, maxLength: perRun, size: 'max' });
    const seen = { sound: 0, harmed: 0 };
    fc.assert(
      fc.property(trains, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (list, seqno) => {
        const batches = play(list, seqno);
        const expected = batches.map((batch) => batch.expect);
        const from = { ...quietLines, lastSeqno: (seqno + 2 ** 32 - 1) % 2 ** 32 };
        const outputs = told(
          readAll(
            batches.flatMap((batch) => batch.edges),
            from,
          ),
        );
        assert.deepEqual(outputs, expected);
        const hurt = expected.filter((one) => one === 'damaged').length;
        seen.harmed += hurt;
        seen.sound += expected.length - hurt;
      }),
      { numRuns: 100_000 / perRun, endOnFailure: true },
    );
    assert.ok(seen.sound > 30_000 && seen.harmed > 20_000, JSON.stringify(seen));
  });

  it('gives the same frames in any batches, looked at however late', () => {
    const cuts = fc.infiniteStream(
      fc.record({ take: fc.integer({ min: 1, max: 90 }), lateUs: fc.nat(400_000) }),
    );
    fc.assert(
      fc.property(fc.array(trainOf, { maxLength: 12 }), cuts, (list, stream) => {
        const edges = play(list, 1).flatMap((batch) => batch.edges);
        const outputs: PulseOutput[] = [];
        let state = quietLines;
        let done = 0;
        for (const { take, lateUs } of stream) {
          if (done >= edges.length) break;
          for (const edge of edges.slice(done, done + take)) {
            const step = takeEdge(state, edge, gapUs);
            state = step.state;
            outputs.push(...step.outputs);
          }
          done += take;
          // All edges before this moment have been handed in; the swapped two may not be told apart by it.
          const upTo = edges.slice(done).reduce((least, edge) => Math.min(least, edge.atUs), Infinity);
          const latest = edges[Math.min(done, edges.length) - 1]?.atUs ?? 0;
          const step = endIfOver(state, Math.min(latest + lateUs, upTo), gapUs);
          state = step.state;
          outputs.push(...step.outputs);
        }
        outputs.push(...endIfOver(state, Number.MAX_SAFE_INTEGER, gapUs).outputs);
        assert.deepEqual(outputs, readAll(edges));
      }),
      { numRuns: 2000 },
    );
  });

  it('is total: any edges whatever give outputs, and at most 128 are kept', () => {
    const edge: fc.Arbitrary<PulseEdge> = fc.record({
      bit: fc.constantFrom<0 | 1>(0, 1),
      atUs: fc.oneof(fc.integer(), fc.nat(1_000_000), fc.double()),
      seqno: fc.oneof(fc.integer(), fc.nat(300)),
    });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 400, size: 'max' }), fc.double(), (edges, lookUs) => {
        let state = quietLines;
        for (const one of edges) {
          state = takeEdge(state, one, gapUs).state;
          assert.ok(state.edges.length <= 128);
        }
        assert.ok(endIfOver(state, lookUs, gapUs).outputs.length <= 1);
      }),
      { numRuns: 500 },
    );
  });
});
