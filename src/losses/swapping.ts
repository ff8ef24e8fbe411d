/**
 * Text swapping (method.md, "Proxies"; our reconstruction): from a true and a wrong report, each fused with the image, tell
 * whether the two have changed places. Over a micro-batch.
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Binary cross-entropy.
 *
 * @param logits of "they have", [m]
 * @param swapped 1 where they have, else 0, [m]
 * @param batchSize B, the size of the global batch
 */
export function swappingLoss(logits: tf.Tensor1D, swapped: tf.Tensor1D, batchSize: number): tf.Scalar {
  const againstTruth = tf.mul(logits, tf.sub(1, tf.mul(swapped, 2)));
  return tf.mul(tf.sum(tf.softplus(againstTruth)), 1 / batchSize);
}
