/**
 * Sums gradients over the micro-batches of this rank, then over the ranks. A modality's reduction is under way while the
 * other's gradients are still being computed (design.md, "overlapped with what is still being computed").
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Bucket, Buckets } from '../collectives/buckets.js';
import type { Ring } from '../collectives/ring.js';
import type { Engine } from '../engine/load.js';

/** Reduced gradients of a modality, as tensors. */
export type Reduction = Promise<tf.NamedTensorMap>;

export interface GradientReducer {
  /** Takes over `sums` (it disposes of them) and starts their reduction; calls must come in the same order on all ranks. */
  reduce(sums: tf.NamedTensorMap): Reduction;
}

/** With one rank there is nothing to add and nothing leaves the device. */
export function createReducer(
  engine: Engine,
  ring: Ring,
  world: number,
  bucketsFor: (names: string[]) => Buckets,
): GradientReducer {
  return { reduce: world === 1 ? async (sums) => sums : (sums) => reduceOverRing(engine, ring, sums, bucketsFor) };
}

async function reduceOverRing(
  engine: Engine,
  ring: Ring,
  sums: tf.NamedTensorMap,
  bucketsFor: (names: string[]) => Buckets,
): Reduction {
  const { buckets, views } = bucketsFor(Object.keys(sums));
  const shapes = Object.entries(sums).map(([name, { shape }]) => [name, shape] as const);
  const pack = (bucket: Bucket): void => {
    for (const name of bucket.names) engine.read(sums[name], views.get(name));
  };
  const reduced = buckets.map((bucket) => {
    pack(bucket);
    return ring.allReduce(bucket.buffer);
  });
  tf.dispose(sums);
  await Promise.all(reduced);
  return Object.fromEntries(shapes.map(([name, shape]) => [name, engine.upload(views.get(name)!, shape)]));
}
