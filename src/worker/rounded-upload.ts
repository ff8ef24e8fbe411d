/** Sums in double as tensors of float32, each element rounded once. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/load.js';

/**
 * Uploads sums by way of one buffer that is used again and again: fresh memory costs more than all the rounding, six times
 * as much for 25 M elements.
 */
export class RoundedUpload {
  private readonly engine: Engine;
  private buffer = new Float32Array(0);

  constructor(engine: Engine) {
    this.engine = engine;
  }

  upload(sums: Float64Array, shape: readonly number[]): tf.Tensor {
    if (this.buffer.length < sums.length) this.buffer = new Float32Array(sums.length);
    const rounded = this.buffer.subarray(0, sums.length);
    for (let i = 0; i < sums.length; i++) rounded[i] = sums[i];
    return this.engine.upload(rounded, shape);
  }

  /** All tensors of `shapes`, from `sums` by the same names. */
  uploadAll(shapes: ReadonlyMap<string, number[]>, sums: ReadonlyMap<string, Float64Array>): tf.NamedTensorMap {
    return Object.fromEntries(Array.from(shapes, ([name, shape]) => [name, this.upload(sums.get(name)!, shape)]));
  }
}
