/** What the ranks of a run do together, and the case of a single one; socket-ring.ts is the others' case. */
import type { MlipError } from '../core/errors.js';
import type { Combination } from './accumulate.js';
import type { Floats } from './segments.js';

export interface Ring {
  /** Ranks. */
  readonly world: number;
  /**
   * Sums `buffer` over the ranks, in place, or takes the largest of each element; every rank gets the same bits. Buffers
   * must have one length and type on all ranks, and belong to the ring until the promise settles. NaN stays NaN.
   */
  allReduce(buffer: Floats, combination?: Combination): Promise<void>;
  /** Copies the root's `buffer` into that of every other rank. */
  broadcast(buffer: Float32Array, root: number): Promise<void>;
  /** Bytes sent to the successor, and received from the predecessor, so far. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** What broke the ring; every call rejects with it from then on. */
  readonly aborted: MlipError | undefined;
  /** Closes the connections; what is under way rejects. */
  close(): Promise<void>;
}

/** The sum over one rank, and the largest, is what it has. */
export class SoloRing implements Ring {
  readonly world = 1;
  readonly bytesSent = 0;
  readonly bytesReceived = 0;
  readonly aborted = undefined;
  async allReduce(): Promise<void> {}
  async broadcast(): Promise<void> {}
  async close(): Promise<void> {}
}
