/** How gradients and batch statistics are added up: over the micro-batches of this rank, then over the ranks. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Ring } from '../collectives/ring.js';

/** Sums travel in pieces of this size at most, one after another. */
export const BUCKET_BYTES = 8 * 2 ** 20;

export interface GradientSum {
  /** Adds terms of a micro-batch, of which each name has one at most. The tensors stay the caller's. */
  add(terms: tf.NamedTensorMap, microBatch: number): void;
  /** Sums over the ranks. The ring's operations are called once it is this sum's `turn`. */
  reduce(ring: Ring, turn: Promise<void>): Reduction;
  /** Micro-batches with a term that is NaN or infinite; all that are known, once the reduction is called. */
  readonly notFinite: ReadonlySet<number>;
  /** Forgets all terms; not to be called while a reduction is under way. */
  clear(): void;
}

export interface Reduction {
  /** All operations have been called, which must happen in the same order on all ranks: it is the next one's turn. */
  called: Promise<void>;
  /** By name, 0 where no rank has a term. They belong to the caller. Settles when no buffer is in use any more. */
  sums: Promise<tf.NamedTensorMap>;
}
