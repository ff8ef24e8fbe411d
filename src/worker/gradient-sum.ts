/**
 * Sums gradients and batch statistics over the micro-batches of this rank, then over the ranks, in double: the sum,
 * rounded once, has the same bits however the micro-batches are shared out (docs/adr/0008).
 */
import * as tf from '@tensorflow/tfjs-core';
import { createBuckets, type Buckets } from '../collectives/buckets.js';
import type { Ring } from '../collectives/ring.js';
import { elementCount } from '../core/host-tensor.js';
import type { Engine } from '../engine/load.js';

/** Sums travel in pieces of this size at most, one after another. */
const BUCKET_BYTES = 8 * 2 ** 20;

export class GradientSum {
  /** Terms so far, while each name has one at most: where that stays so on the only rank, the sum is the term. */
  private single: tf.NamedTensorMap | undefined = {};
  private readonly engine: Engine;
  private readonly ring: Ring;
  private readonly shapes: ReadonlyMap<string, number[]>;
  private buckets: Buckets | undefined;

  /** @param like tensors of the names and shapes to be summed */
  constructor(engine: Engine, ring: Ring, like: tf.NamedTensorMap) {
    this.engine = engine;
    this.ring = ring;
    this.shapes = new Map(Object.entries(like).map(([name, { shape }]) => [name, shape]));
  }

  clear(): void {
    for (const { buffer } of this.buckets?.buckets ?? []) buffer.fill(0);
    tf.dispose(this.single ?? {});
    this.single = {};
  }

  add(terms: tf.NamedTensorMap): void {
    const { single } = this;
    if (single !== undefined && Object.keys(terms).every((name) => !(name in single))) {
      for (const [name, term] of Object.entries(terms)) single[name] = tf.clone(term);
    } else {
      this.addSingle();
      this.addInDouble(terms);
    }
  }

  /** The terms that were kept as they came go where sums are made. */
  private addSingle(): void {
    const { single } = this;
    this.single = undefined;
    if (single === undefined) return;
    this.addInDouble(single);
    tf.dispose(single);
  }

  private addInDouble(terms: tf.NamedTensorMap): void {
    const { views } = (this.buckets ??= this.allocate());
    for (const [name, term] of Object.entries(terms)) {
      const sum = views.get(name)!;
      this.engine.use(term, (values) => {
        for (let i = 0; i < sum.length; i++) sum[i] += values[i];
      });
    }
  }

  /** Doubles of 0 for every name: as much memory again as the gradients twice. */
  private allocate(): Buckets {
    const entries = Array.from(this.shapes, ([name, shape]) => ({ name, count: elementCount(shape) }));
    return createBuckets(entries, BUCKET_BYTES);
  }

  /** The sums over all ranks, as tensors. Calls must come in the same order on all ranks. */
  async reduce(): Promise<tf.NamedTensorMap> {
    const alone = this.ring.world === 1 ? this.takeSingle() : undefined;
    if (alone !== undefined) return alone;
    this.addSingle();
    const { buckets, views } = (this.buckets ??= this.allocate());
    await Promise.all(buckets.map(({ buffer }) => this.ring.allReduce(buffer)));
    const rounded = [...this.shapes].map(([name, shape]) => {
      return [name, this.engine.upload(Float32Array.from(views.get(name)!), shape)] as const;
    });
    return Object.fromEntries(rounded);
  }

  /** The only term of each name, 0 for a name without any; undefined where a name has several. */
  private takeSingle(): tf.NamedTensorMap | undefined {
    const { single } = this;
    if (single === undefined) return undefined;
    this.single = {};
    return Object.fromEntries(Array.from(this.shapes, ([name, shape]) => [name, single[name] ?? tf.zeros(shape)]));
  }
}
