/** Random tensors as pure functions of a seed that is an input: nothing is frozen into a trace, nothing is shared. */
import * as tf from '@tensorflow/tfjs-core';
import { STATELESS_BITS } from './kernels.js';

/** Uniform random bits of `shape` as int32, a function of `seed` (int32 [2]) alone; the same eagerly and compiled. */
export function statelessBits(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return tf.engine().runKernel(STATELESS_BITS, { seed }, { shape: [...shape] });
}

/**
 * Inverted dropout (Srivastava et al. 2014; torch.nn.Dropout): each element is zeroed with probability `rate`, the others
 * are scaled by 1 / (1 - rate). `seed`: int32 [2].
 */
export function dropout(x: tf.Tensor, rate: number, seed: tf.Tensor1D): tf.Tensor {
  if (rate === 0) return x;
  const threshold = tf.scalar(Math.round(rate * 2 ** 32) - 2 ** 31, 'int32');
  const kept = tf.cast(tf.greaterEqual(statelessBits(x.shape, seed), threshold), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}
