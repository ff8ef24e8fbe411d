/**
 * Sums that have the same bits for any number of ranks and any sharing of micro-batches (docs/adr/0013). The terms of this
 * rank's micro-batches are kept until the last one is there; then the ranks find the largest magnitude of each tensor,
 * which gives the unit in which its terms are added exactly.
 */
import * as tf from '@tensorflow/tfjs-core';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createBuckets, type Bucket, type Buckets } from '../collectives/buckets.js';
import type { Ring } from '../collectives/ring.js';
import { elementCount } from '../core/host-tensor.js';
import type { Engine } from '../engine/load.js';
import { magnitudeOf, rounderFor, sumRounded } from './common-scale.js';
import { BUCKET_BYTES, type GradientSum, type Reduction } from './gradient-sum.js';
import { RoundedUpload } from './rounded-upload.js';
import { allSettled } from './step-scope.js';

export class ReproducibleSum implements GradientSum {
  readonly notFinite = new Set<number>();
  private readonly engine: Engine;
  private readonly shapes: ReadonlyMap<string, number[]>;
  /** Terms that a name has at most, over all ranks. */
  private readonly termCount: number;
  private readonly terms = new Map<string, tf.Tensor[]>();
  /** The largest of the terms of each name, in order of `shapes`. */
  private readonly magnitudes: Float32Array;
  private readonly positions: ReadonlyMap<string, number>;
  private readonly rounded: RoundedUpload;
  private buckets: Buckets | undefined;

  /**
   * @param like tensors of the names and shapes to be summed
   * @param termCount terms of a name over all ranks, at most
   */
  constructor(engine: Engine, like: tf.NamedTensorMap, termCount: number) {
    this.engine = engine;
    this.shapes = new Map(Object.entries(like).map(([name, { shape }]) => [name, shape]));
    this.positions = new Map(Object.keys(like).map((name, position) => [name, position]));
    this.termCount = termCount;
    this.magnitudes = new Float32Array(this.positions.size);
    this.rounded = new RoundedUpload(engine);
  }

  clear(): void {
    for (const name of [...this.terms.keys()]) this.forget(name);
    this.magnitudes.fill(0);
    this.notFinite.clear();
  }

  private forget(name: string): void {
    tf.dispose(this.terms.get(name) ?? []);
    this.terms.delete(name);
  }

  add(terms: tf.NamedTensorMap, microBatch: number): void {
    for (const [name, term] of Object.entries(terms)) {
      this.terms.set(name, [...(this.terms.get(name) ?? []), tf.keep(tf.clone(term))]);
      this.engine.use(term, (values) => this.measure(name, values, microBatch));
    }
  }

  private measure(name: string, values: Float32Array, microBatch: number): void {
    const magnitude = magnitudeOf(values);
    const at = this.positions.get(name)!;
    this.magnitudes[at] = Math.max(this.magnitudes[at], magnitude);
    if (!Number.isFinite(magnitude)) this.notFinite.add(microBatch);
  }

  reduce(ring: Ring, turn: Promise<void>): Reduction {
    const pending: Promise<void>[] = [];
    const called = this.callAll(ring, turn, pending);
    const settled = called.finally(() => Promise.allSettled(pending)).then(() => allSettled(pending));
    return { called, sums: settled.then(() => this.rounded.uploadAll(this.shapes, this.allocated.views)) };
  }

  /** Each bucket travels while the next one is filled; sockets are served in between. */
  private async callAll(ring: Ring, turn: Promise<void>, pending: Promise<void>[]): Promise<void> {
    await turn;
    await ring.allReduce(this.magnitudes, 'max');
    for (const bucket of this.allocated.buckets) {
      this.fill(bucket);
      pending.push(ring.allReduce(bucket.buffer));
      await nextTurn();
    }
  }

  /** Terms go as soon as they are added. */
  private fill({ names }: Bucket): void {
    for (const name of names) {
      const sum = this.allocated.views.get(name)!;
      const terms = this.terms.get(name) ?? [];
      const rounder = rounderFor(this.magnitudes[this.positions.get(name)!], this.termCount);
      useAll(this.engine, terms, (values) => sumRounded(sum, values, rounder));
      this.forget(name);
    }
  }

  /** A double for every element, from the first reduction on. */
  private get allocated(): Buckets {
    if (this.buckets === undefined) {
      const entries = Array.from(this.shapes, ([name, shape]) => ({ name, count: elementCount(shape) }));
      this.buckets = createBuckets(entries, BUCKET_BYTES);
    }
    return this.buckets;
  }
}

/** Hands over the values of several tensors at once. */
function useAll(engine: Engine, tensors: readonly tf.Tensor[], consume: (values: Float32Array[]) => void): void {
  const [first, ...others] = tensors;
  if (first === undefined) consume([]);
  else engine.use(first, (values) => useAll(engine, others, (more) => consume([values, ...more])));
}
