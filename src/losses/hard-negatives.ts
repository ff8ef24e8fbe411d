/**
 * Hard negatives for image-report matching (ALBEF, https://arxiv.org/abs/2107.07651; method.md, "Proxies"): drawn within
 * the micro-batch, the likelier the more similar, and never what is the same study, report or set of concepts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../engine/gradient.js';
import { exclude } from './exclude.js';

/** Row i is the distribution that the negative of i is drawn from, [m, m]. */
export interface HardNegativeWeights {
  /** Reports for image i. */
  imageToText: tf.Tensor2D;
  /** Images for report i. */
  textToImage: tf.Tensor2D;
}

/**
 * Softmax of the similarities over the pairs that may be negatives; a row that has none is uniform over the other pairs.
 * No gradient.
 *
 * @param v images, of length 1, [m, d]
 * @param t reports, of length 1, [m, d]
 * @param same 1 where a pair must not be drawn, [m, m]; the diagonal is never drawn
 */
export function hardNegativeWeights(
  v: tf.Tensor2D,
  t: tf.Tensor2D,
  same: tf.Tensor2D,
  temperature: number,
): HardNegativeWeights {
  const toward = (queries: tf.Tensor2D, candidates: tf.Tensor2D): tf.Tensor2D =>
    withoutGradient([queries, candidates, same], (q, c, excluded) =>
      distribution(tf.mul(tf.matMul<tf.Tensor2D>(q, c, false, true), 1 / temperature), excluded),
    );
  return { imageToText: toward(v, t), textToImage: toward(t, v) };
}

function distribution(logits: tf.Tensor2D, same: tf.Tensor2D): tf.Tensor2D {
  const others = tf.sub<tf.Tensor2D>(1, tf.eye(logits.shape[0]));
  const different = tf.mul(others, tf.sub(1, same));
  const hasDifferent = tf.max(different, 1, true);
  const allowed = tf.maximum(different, tf.mul(others, tf.sub(1, hasDifferent)));
  const probabilities = tf.softmax(exclude(tf.mul(logits, hasDifferent), tf.sub(1, allowed)));
  return tf.mul(probabilities, allowed);
}

/**
 * One column per row as one-hot [m, m]: the first whose cumulative weight exceeds u times the row's total. Where rounding
 * leaves none, the last that has weight. A column without weight is never drawn: a row without any draws nothing.
 *
 * @param weights not negative, [m, m]
 * @param uniforms u of each row, in [0, 1), [m]
 */
export function drawIndices(weights: tf.Tensor2D, uniforms: tf.Tensor1D): tf.Tensor2D {
  return withoutGradient([weights, uniforms], (given, u) => {
    const [rows, columns] = given.shape;
    const cumulative = tf.cumsum(given, 1);
    const threshold = tf.mul(tf.reshape(u, [rows, 1]), tf.slice(cumulative, [0, columns - 1], [rows, 1]));
    const exceeds = tf.cast(tf.greater(cumulative, threshold), 'float32');
    const hasWeight = tf.cast(tf.greater(given, 0), 'float32');
    const column = tf.range(1, columns + 1);
    // The earlier the better among those that exceed, above all others, of which the later are better.
    const rank = tf.add(column, tf.mul(exceeds, tf.sub(2 * columns + 1, tf.mul(column, 2))));
    const best = tf.argMax(tf.mul(rank, hasWeight), 1);
    return tf.mul<tf.Tensor2D>(tf.oneHot(best, columns, 1, 0, 'float32'), hasWeight);
  });
}
