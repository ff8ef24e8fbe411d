/**
 * The global contrast of images and reports: InfoNCE in both directions, summed (method.md; MGCA's instance-wise alignment).
 * Over the global batch: every worker computes all of it and keeps the gradient of its own rows.
 */
import * as tf from '@tensorflow/tfjs-core';
import { exclude } from './exclude.js';

export interface GlobalContrastOptions {
  /** tau, by which similarities are divided. */
  temperature: number;
  /** [B, B], non-zero where an off-diagonal pair must not count as a negative. */
  same?: tf.Tensor2D;
}

/**
 * -log softmax of the true pair, mean over B, image to report plus report to image.
 *
 * @param images embeddings of length 1, [B, d]
 * @param reports embeddings of length 1, [B, d]; row i belongs to image i
 */
export function globalContrast(images: tf.Tensor2D, reports: tf.Tensor2D, options: GlobalContrastOptions): tf.Scalar {
  const batch = images.shape[0];
  const similarities = tf.mul(tf.matMul(images, reports, false, true), 1 / options.temperature);
  const diagonal = tf.eye(batch);
  const logits = options.same === undefined ? similarities : exclude(similarities, offDiagonal(options.same, diagonal));
  const both = tf.add(tf.logSoftmax(logits), tf.logSoftmax(tf.transpose(logits)));
  return tf.mul(tf.sum(tf.mul(both, diagonal)), -1 / batch);
}

function offDiagonal(same: tf.Tensor2D, diagonal: tf.Tensor2D): tf.Tensor {
  return tf.mul(tf.cast(same, 'float32'), tf.sub(1, diagonal));
}
