/**
 * What a rank of the ring sends and receives, as pure arithmetic on indices: which part of the buffer, in which order,
 * and whether it is added or copied (bandwidth-optimal ring: Patarasu and Yuan, "Bandwidth optimal all-reduce
 * algorithms for clusters of workstations", 2009).
 *
 * A buffer is cut into one chunk per rank, a chunk into segments. A rank first sends its own segments; whatever else it
 * sends is what it has just received and added or copied, so that segment k of one hop travels on while segment k + 1
 * of the same chunk is still arriving.
 */
import { shareOf } from '../core/plan.js';

/** What is summed: gradients as they are, or in double so that their sum does not depend on the number of ranks. */
export type Floats = Float32Array | Float64Array;

/** Elements of a segment at most: 256 or 512 KiB, which stay in a core's cache while they are received and added. */
export const SEGMENT_ELEMENTS = 65536;

/** Elements `begin` to `end - 1` of the buffer. */
export interface Segment {
  begin: number;
  end: number;
}

export interface IncomingSegment extends Segment {
  /** Ranks between the predecessor and the rank that sent this chunk first. */
  hops: number;
}

/** One rank's part in a collective; the segments a rank sends are, in order, those its successor receives. */
export interface Route {
  /** Sent at once. */
  own: Segment[];
  incoming: IncomingSegment[];
  /** The first `added` incoming segments are added to the buffer, the others replace what is there. */
  added: number;
  /** The first `forwarded` incoming segments are sent on once they are added or copied. */
  forwarded: number;
}

/**
 * Reduce-scatter, then all-gather. At hop t a rank sends chunk `rank - t` and receives chunk `rank - 1 - t`, for t from 0
 * to 2 world - 3; the first world - 1 hops add. Chunk c is therefore summed in the order of ranks c, c + 1, .. whoever
 * is early or late, and each rank receives the same finished bits.
 */
export function routeAllReduce(length: number, rank: number, world: number): Route {
  const hops = Array.from({ length: 2 * (world - 1) }, (_, hop) => {
    return cut(chunkOf(rank - 1 - hop, world, length)).map((segment) => ({ ...segment, hops: hop }));
  });
  const count = (until: number): number => hops.slice(0, until).flat().length;
  return {
    own: cut(chunkOf(rank, world, length)),
    incoming: hops.flat(),
    added: count(world - 1),
    forwarded: count(hops.length - 1),
  };
}

/** The root sends the whole buffer; every other rank copies it and, unless the root comes next, passes it on. */
export function routeBroadcast(length: number, rank: number, world: number, root: number): Route {
  const whole = cut({ begin: 0, end: length });
  const distance = modulo(rank - root, world);
  if (distance === 0) return { own: whole, incoming: [], added: 0, forwarded: 0 };
  const incoming = whole.map((segment) => ({ ...segment, hops: distance - 1 }));
  return { own: [], incoming, added: 0, forwarded: distance === world - 1 ? 0 : whole.length };
}

export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function chunkOf(chunk: number, world: number, length: number): Segment {
  const { start, end } = shareOf(modulo(chunk, world), world, length);
  return { begin: start, end };
}

function cut({ begin, end }: Segment): Segment[] {
  return Array.from({ length: Math.ceil((end - begin) / SEGMENT_ELEMENTS) }, (_, index) => {
    const first = begin + index * SEGMENT_ELEMENTS;
    return { begin: first, end: Math.min(first + SEGMENT_ELEMENTS, end) };
  });
}
