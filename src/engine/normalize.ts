/** Rows of length 1: what embeddings are compared as. */
import * as tf from '@tensorflow/tfjs-core';

/** x / |x| along the last axis of x [..., width]; a row of zeros stays one. */
export function normalizeRows<T extends tf.Tensor>(x: T): T {
  const squaredNorm = tf.sum(tf.square(x), -1, true);
  return tf.mul(x, tf.rsqrt(tf.maximum(squaredNorm, 1e-24)));
}
