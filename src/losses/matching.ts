/** Image-report matching (ITM; ALBEF, https://arxiv.org/abs/2107.07651; method.md, "Proxies"). Over a micro-batch. */
import * as tf from '@tensorflow/tfjs-core';

/** Columns of the logits. */
const CLASS = { mismatch: 0, match: 1 } as const;

/**
 * Cross-entropy, mean over the three kinds of pairs.
 *
 * @param logits [3 m, 2] of m true pairs, then m with a wrong image, then m with a wrong report
 * @param batchSize B, the size of the global batch
 */
export function matchingLoss(logits: tf.Tensor2D, batchSize: number): tf.Scalar {
  const rows = logits.shape[0];
  const pairs = rows / 3;
  const logProbabilities = tf.logSoftmax(logits);
  const matches = tf.slice(logProbabilities, [0, CLASS.match], [pairs, 1]);
  const mismatches = tf.slice(logProbabilities, [pairs, CLASS.mismatch], [rows - pairs, 1]);
  return tf.mul(tf.add(tf.sum(matches), tf.sum(mismatches)), -1 / (3 * batchSize));
}
