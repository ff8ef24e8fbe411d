/**
 * Keeps a feature that the divergence encoder made from collapsing onto the feature it was made from (method.md,
 * "Divergence encoder"; our reconstruction): only a cosine above the margin costs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine/gradient.js';

/**
 * mean relu(cos(v, v_hat) - margin)^2 over the batch.
 *
 * @param v embeddings of length 1, [B, d]; they get no gradient
 * @param vHat what the divergence encoder made of them, of length 1, [B, d]
 */
export function divergence(v: tf.Tensor2D, vHat: tf.Tensor2D, margin: number): tf.Scalar {
  const cosines = tf.sum(tf.mul(stopGradient(v), vHat), 1);
  return tf.mean(tf.square(tf.relu(tf.sub(cosines, margin))));
}
