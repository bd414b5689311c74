/**
 * Wiegand edges to frames. Pure: no timer and no clock; a frame ends by the time stamps of the edges alone, so
 * neither the batches in which edges arrive nor a late look changes the result (SIA 26-bit standard; noise rules ours).
 */

/** The leading edge of one pulse: on D0 a 0, on D1 a 1. */
export interface PulseEdge {
  readonly bit: 0 | 1;
  readonly atUs: number;
  /** Unsigned 32-bit, one more for each edge of the two lines; a gap is a lost edge. */
  readonly seqno: number;
}

/** Why the bits of a frame cannot be trusted. */
export type Damage =
  /** The sequence numbers have a gap. */
  | 'edges-lost'
  /** Two edges less than 100 us apart. */
  | 'too-close'
  /** No silence before the first edge: the rest of something already ended. */
  | 'no-gap'
  /** A line was still active when the frame was over. */
  | 'line-active';

export type PulseOutput =
  /** Bits as sent, first sent first, `0` and `1`. */
  | { readonly kind: 'frame'; readonly bits: string; readonly startUs: number; readonly endUs: number }
  | { readonly kind: 'damaged'; readonly why: Damage; readonly bits: number }
  /** Fewer than 4 bits: dropped. */
  | { readonly kind: 'noise'; readonly bits: number }
  /** More bits than any frame has: the input is deaf for a second. */
  | { readonly kind: 'storm'; readonly bits: number };

export interface PulseState {
  /** Edges of the open frame, in order of arrival. */
  readonly edges: readonly PulseEdge[];
  /** The latest edge of the open frame, or the last one before it. */
  readonly lastUs?: number;
  /** Sequence number of the last edge before the open frame. */
  readonly lastSeqno?: number;
  /** The open frame began without silence before it. */
  readonly noGap: boolean;
  /** Edges before this moment are ignored. */
  readonly deafUntilUs?: number;
}

export interface PulseStep {
  readonly state: PulseState;
  readonly outputs: readonly PulseOutput[];
}

const closeUs = 100;
const bitsMin = 4;
/** Bits of the longest frame, unless a reader is told otherwise. */
export const bitsMaxUsual = 128;
const deafUs = 1_000_000;
const nothing: readonly PulseOutput[] = [];

/** Silence on both lines, nothing seen yet. */
export const quietLines: PulseState = { edges: [], noGap: false };

/** Takes the next edge. `gapUs` without an edge is the end of a frame; more than `bitsMax` bits in one are a storm. */
export function takeEdge(
  state: PulseState,
  edge: PulseEdge,
  gapUs: number,
  bitsMax = bitsMaxUsual,
): PulseStep {
  if (state.deafUntilUs !== undefined && edge.atUs < state.deafUntilUs) {
    return { state: { ...state, lastUs: edge.atUs, lastSeqno: edge.seqno }, outputs: nothing };
  }
  if (state.edges.length > 0 && edge.atUs - latest(state) >= gapUs) {
    const ended = endFrame(state, false);
    return { state: openFrame(ended.state, edge, gapUs), outputs: ended.outputs };
  }
  if (state.edges.length === 0) return { state: openFrame(state, edge, gapUs), outputs: nothing };
  if (state.edges.length >= bitsMax) return storm(edge, bitsMax + 1);
  const grown = {
    ...state,
    edges: [...state.edges, edge],
    lastUs: Math.max(latest(state), edge.atUs),
  };
  return { state: grown, outputs: nothing };
}

/**
 * Ends the open frame if it is over at `seenUs`: the moment up to which every edge has been handed in, which on a
 * busy machine is earlier than now. `lineActive`: D0 or D1 is active although the frame is over.
 */
export function endIfOver(state: PulseState, seenUs: number, gapUs: number, lineActive = false): PulseStep {
  const deadline = deadlineUs(state, gapUs);
  if (deadline === undefined || seenUs < deadline) return { state, outputs: nothing };
  return endFrame(state, lineActive);
}

/** When `endIfOver` has something to do, if no edge comes; undefined while no frame is open. */
export function deadlineUs(state: PulseState, gapUs: number): number | undefined {
  return state.edges.length === 0 ? undefined : latest(state) + gapUs;
}

function latest(state: PulseState): number {
  return state.lastUs ?? Number.NEGATIVE_INFINITY;
}

function openFrame(state: PulseState, edge: PulseEdge, gapUs: number): PulseState {
  const { lastUs, lastSeqno } = state;
  return {
    edges: [edge],
    lastUs: edge.atUs,
    ...(lastSeqno === undefined ? {} : { lastSeqno }),
    noGap: lastUs !== undefined && edge.atUs - lastUs < gapUs,
  };
}

function storm(edge: PulseEdge, bits: number): PulseStep {
  const state = {
    edges: [],
    noGap: false,
    lastUs: edge.atUs,
    lastSeqno: edge.seqno,
    deafUntilUs: edge.atUs + deafUs,
  };
  return { state, outputs: [{ kind: 'storm', bits }] };
}

function endFrame(state: PulseState, lineActive: boolean): PulseStep {
  // Two interrupt threads may queue D0 and D1 in the wrong order; the sequence number is the order on the wire.
  const edges = state.edges.toSorted((a, b) => seqnoDistance(b.seqno, a.seqno));
  const last = edges[edges.length - 1];
  const closed: PulseState = {
    edges: [],
    noGap: false,
    lastUs: latest(state),
    ...(last === undefined ? {} : { lastSeqno: last.seqno }),
  };
  return { state: closed, outputs: [frameOf(edges, state, lineActive)] };
}

function frameOf(edges: readonly PulseEdge[], state: PulseState, lineActive: boolean): PulseOutput {
  if (edges.length < bitsMin) return { kind: 'noise', bits: edges.length };
  const why = damageOf(edges, state, lineActive);
  if (why !== undefined) return { kind: 'damaged', why, bits: edges.length };
  const bits = edges.map((edge) => edge.bit).join('');
  return { kind: 'frame', bits, startUs: edges[0]?.atUs ?? 0, endUs: latest(state) };
}

function damageOf(edges: readonly PulseEdge[], state: PulseState, lineActive: boolean): Damage | undefined {
  if (state.noGap) return 'no-gap';
  let seqno = state.lastSeqno;
  let atUs = Number.NEGATIVE_INFINITY;
  for (const edge of edges) {
    if (seqno !== undefined && seqnoDistance(seqno, edge.seqno) !== 1) return 'edges-lost';
    if (edge.atUs - atUs < closeUs) return 'too-close';
    seqno = edge.seqno;
    atUs = edge.atUs;
  }
  return lineActive ? 'line-active' : undefined;
}

/** Steps from `a` to `b` on the circle of unsigned 32-bit numbers, negative = backwards. */
function seqnoDistance(a: number, b: number): number {
  return (b - a) | 0;
}
