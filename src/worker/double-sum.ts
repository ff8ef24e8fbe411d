/**
 * Sums in double: the sum, rounded once, has the same bits however the micro-batches are shared out, but for one rounding in
 * about 2^29 (docs/adr/0008).
 */
import * as tf from '@tensorflow/tfjs-core';
import { createBuckets, type Buckets } from '../collectives/buckets.js';
import type { Ring } from '../collectives/ring.js';
import { elementCount } from '../core/host-tensor.js';
import type { Engine } from '../engine/load.js';
import { BUCKET_BYTES, type GradientSum, type Reduction } from './gradient-sum.js';
import { RoundedUpload } from './rounded-upload.js';
import { allSettled } from './step-scope.js';

interface Term {
  tensor: tf.Tensor;
  microBatch: number;
}

export class DoubleSum implements GradientSum {
  readonly notFinite = new Set<number>();
  /** Terms so far, while each name has one at most: where that stays so on the only rank, the sum is the term. */
  private single: Map<string, Term> | undefined = new Map();
  private readonly engine: Engine;
  private readonly shapes: ReadonlyMap<string, number[]>;
  private readonly rounded: RoundedUpload;
  private buckets: Buckets | undefined;
  /** Names with a term in `buckets`; elsewhere is what an earlier step left. */
  private readonly begun = new Set<string>();

  /** @param like tensors of the names and shapes to be summed */
  constructor(engine: Engine, like: tf.NamedTensorMap) {
    this.engine = engine;
    this.rounded = new RoundedUpload(engine);
    this.shapes = new Map(Object.entries(like).map(([name, { shape }]) => [name, shape]));
  }

  clear(): void {
    for (const { tensor } of this.single?.values() ?? []) tensor.dispose();
    this.single = new Map();
    this.begun.clear();
    this.notFinite.clear();
  }

  add(terms: tf.NamedTensorMap, microBatch: number): void {
    const { single } = this;
    if (single !== undefined && Object.keys(terms).every((name) => !single.has(name))) {
      for (const [name, term] of Object.entries(terms))
        single.set(name, { tensor: tf.keep(tf.clone(term)), microBatch });
    } else {
      this.addSingle();
      for (const [name, tensor] of Object.entries(terms)) this.addInDouble(name, { tensor, microBatch });
    }
  }

  /** The terms that were kept as they came go where sums are made. */
  private addSingle(): void {
    const { single } = this;
    this.single = undefined;
    for (const [name, term] of single ?? []) {
      this.addInDouble(name, term);
      term.tensor.dispose();
    }
  }

  private addInDouble(name: string, { tensor, microBatch }: Term): void {
    const sum = this.allocated.views.get(name)!;
    const add = this.begun.has(name) ? addTo : assignTo;
    this.begun.add(name);
    this.engine.use(tensor, (values) => {
      if (!add(sum, values)) this.notFinite.add(microBatch);
    });
  }

  /** A double for every element: as much memory again as the gradients twice. */
  private get allocated(): Buckets {
    if (this.buckets === undefined) {
      const entries = Array.from(this.shapes, ([name, shape]) => ({ name, count: elementCount(shape) }));
      this.buckets = createBuckets(entries, BUCKET_BYTES);
    }
    return this.buckets;
  }

  reduce(ring: Ring, turn: Promise<void>): Reduction {
    const alone = ring.world === 1 ? this.takeSingle() : undefined;
    if (alone !== undefined) return { called: turn, sums: Promise.resolve(alone) };
    this.addSingle();
    const { buckets, views } = this.allocated;
    for (const [name, sum] of views) if (!this.begun.has(name)) sum.fill(0);
    const calls = turn.then(() => ({ pending: buckets.map(({ buffer }) => ring.allReduce(buffer)) }));
    const sums = calls
      .then(({ pending }) => allSettled(pending))
      .then(() => this.rounded.uploadAll(this.shapes, views));
    return { called: calls.then(() => undefined), sums };
  }

  /** The only term of each name, 0 for a name without any; undefined where a name has several. */
  private takeSingle(): tf.NamedTensorMap | undefined {
    const { single } = this;
    if (single === undefined) return undefined;
    this.single = new Map();
    return Object.fromEntries(
      Array.from(this.shapes, ([name, shape]) => [name, single.get(name)?.tensor ?? tf.zeros(shape)]),
    );
  }
}

/** Whether all values are finite: 0 times anything else is NaN. */
function addTo(sum: Float64Array, values: Float32Array): boolean {
  let check = 0;
  for (let i = 0; i < sum.length; i++) {
    sum[i] += values[i];
    check += values[i] * 0;
  }
  return check === 0;
}

/** As if there were zeros before, whose sum with -0 is 0. */
function assignTo(sum: Float64Array, values: Float32Array): boolean {
  let check = 0;
  for (let i = 0; i < sum.length; i++) {
    sum[i] = values[i] + 0;
    check += values[i] * 0;
  }
  return check === 0;
}
