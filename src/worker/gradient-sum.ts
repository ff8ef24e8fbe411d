/**
 * Sums gradients and batch statistics over the micro-batches of this rank, then over the ranks, in double: the sum,
 * rounded once, has the same bits however the micro-batches are shared out (docs/adr/0008).
 */
import type * as tf from '@tensorflow/tfjs-core';
import { createBuckets, type Buckets } from '../collectives/buckets.js';
import type { Ring } from '../collectives/ring.js';
import type { Engine } from '../engine/load.js';

/** Sums travel in pieces of this size at most, one after another. */
const BUCKET_BYTES = 8 * 2 ** 20;

export class GradientSum {
  private readonly engine: Engine;
  private readonly ring: Ring;
  private readonly shapes: ReadonlyMap<string, number[]>;
  private readonly buckets: Buckets;

  /** @param like tensors of the names and shapes to be summed */
  constructor(engine: Engine, ring: Ring, like: tf.NamedTensorMap) {
    this.engine = engine;
    this.ring = ring;
    this.shapes = new Map(Object.entries(like).map(([name, { shape }]) => [name, shape]));
    const entries = Object.entries(like).map(([name, { size }]) => ({ name, count: size }));
    this.buckets = createBuckets(entries, BUCKET_BYTES);
  }

  clear(): void {
    for (const { buffer } of this.buckets.buckets) buffer.fill(0);
  }

  add(terms: tf.NamedTensorMap): void {
    for (const [name, term] of Object.entries(terms)) {
      const sum = this.buckets.views.get(name)!;
      this.engine.use(term, (values) => {
        for (let i = 0; i < sum.length; i++) sum[i] += values[i];
      });
    }
  }

  /** The sums over all ranks, as tensors. Calls must come in the same order on all ranks. */
  async reduce(): Promise<tf.NamedTensorMap> {
    await Promise.all(this.buckets.buckets.map(({ buffer }) => this.ring.allReduce(buffer)));
    const rounded = [...this.shapes].map(([name, shape]) => {
      return [name, this.engine.upload(Float32Array.from(this.buckets.views.get(name)!), shape)] as const;
    });
    return Object.fromEntries(rounded);
  }
}
