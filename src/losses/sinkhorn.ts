/**
 * Sinkhorn-Knopp: soft assignments of rows to prototypes that use all prototypes about equally (SwAV,
 * https://arxiv.org/abs/2006.09882; method.md). In log space: exp(score / epsilon) overflows float32 otherwise.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../engine/gradient.js';

export interface SinkhornOptions {
  /** By which scores are divided: the smaller, the harder the assignment. */
  epsilon: number;
  /** One at least. */
  iterations: number;
}

/**
 * Codes [n, K], whose rows sum to 1 and whose columns sum to about n / K. No gradient. Since the columns are normalised
 * before anything is read, the factors n and K of the published form cancel and are left out.
 *
 * @param scores [n, K]
 */
export function sinkhorn(scores: tf.Tensor2D, { epsilon, iterations }: SinkhornOptions): tf.Tensor2D {
  return withoutGradient([scores], (given) => {
    let logCodes = tf.div<tf.Tensor2D>(given, epsilon);
    for (let iteration = 0; iteration < iterations; iteration++) {
      const balanced = tf.sub<tf.Tensor2D>(logCodes, tf.logSumExp(logCodes, 0, true));
      logCodes = tf.logSoftmax(balanced);
    }
    return tf.exp(logCodes);
  });
}
