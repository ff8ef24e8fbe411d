/**
 * How much each word or patch counts: its attention from CLS, clipped to the row's own 10 % and 90 % quantiles so that no
 * token takes it all (MGCA's local weights, aligned with their words; method.md).
 */
import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../engine/gradient.js';

const [LOWEST, HIGHEST] = [0.1, 0.9];

/**
 * Rows that sum to 1 over the entries that count; a row without any is zero. No gradient.
 *
 * @param attention not negative, [n, L]
 * @param mask 1 for entries that count and 0 for padding, [n, L]
 */
export function clipWeights(attention: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return withoutGradient([attention, mask], (values, counted) => {
    const count = tf.sum(counted, 1, true);
    const descending = sortDescending(values, counted);
    const low = quantile(descending, count, LOWEST);
    const high = quantile(descending, count, HIGHEST);
    const clipped = tf.mul(tf.minimum(tf.maximum(values, low), high), counted);
    return tf.divNoNan<tf.Tensor2D>(clipped, tf.sum(clipped, 1, true));
  });
}

/** Attention is never negative, so that padding goes to the end as -1. */
function sortDescending(values: tf.Tensor2D, counted: tf.Tensor2D): tf.Tensor2D {
  const paddingLast = tf.sub<tf.Tensor2D>(tf.mul(tf.add(values, 1), counted), 1);
  return tf.topk(paddingLast, values.shape[1], true).values;
}

/**
 * Quantile of the first `count` entries of each row, linear between neighbours as torch.quantile. How many count is known
 * in the graph alone, so every entry is weighed by its distance from the place of the quantile: below 1 for two at most.
 *
 * @param descending [n, L]
 * @param count [n, 1]
 * @returns [n, 1]
 */
function quantile(descending: tf.Tensor2D, count: tf.Tensor, share: number): tf.Tensor {
  const place = tf.mul(tf.sub(count, 1), 1 - share);
  const distance = tf.abs(tf.sub(tf.range(0, descending.shape[1]), place));
  return tf.sum(tf.mul(descending, tf.relu(tf.sub(1, distance))), 1, true);
}
