/** Multi-head attention within each sequence of a micro-batch, as batched 4-D matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from './dropout.js';

/** Far below every score, and still finite in float32: exp of it is 0. */
const UNSEEN = -1e9;

export interface AttentionOptions {
  /** m, sequences of the micro-batch. */
  sequences: number;
  heads: number;
  /** Added to the scores, [m, 1, 1, K]: see `paddingBias`. Every key is seen where it is not given. */
  scoreBias?: tf.Tensor;
  /** Dropout of the attention probabilities. */
  dropout: Dropout;
}

export interface Attended {
  /** [m * Q, width]. */
  context: tf.Tensor2D;
  /** Softmax of the scores before dropout, [m, heads, Q, K]. */
  probabilities: tf.Tensor4D;
}

/**
 * softmax(q k^T / sqrt(width / heads) + bias) v.
 *
 * @param queries rows, [m * Q, width]
 * @param keys rows, [m * K, width]; as many values
 */
export function attend(queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, options: AttentionOptions): Attended {
  const [rows, width] = queries.shape;
  const { sequences, heads, scoreBias, dropout } = options;
  const split = (x: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(x, [sequences, x.shape[0] / sequences, heads, width / heads]), [0, 2, 1, 3]);
  const products = tf.matMul(split(tf.mul(queries, Math.sqrt(heads / width))), split(keys), false, true);
  const scores = scoreBias === undefined ? products : tf.add(products, scoreBias);
  const probabilities = tf.softmax<tf.Tensor4D>(scores as tf.Tensor4D);
  const mixed = tf.matMul(dropout(probabilities), split(values));
  return { context: tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows, width]), probabilities };
}

/** mask [m, K], 1 for a key that may be seen and 0 for padding -> what scores get added, [m, 1, 1, K]. */
export function paddingBias(mask: tf.Tensor2D): tf.Tensor4D {
  const [sequences, length] = mask.shape;
  return tf.reshape(tf.mul(tf.sub(1, tf.cast(mask, 'float32')), UNSEEN), [sequences, 1, 1, length]);
}

/** The first token (CLS) of each sequence: rows [m * T, width] -> [m, width]. */
export function firstTokens(rows: tf.Tensor, sequences: number): tf.Tensor2D {
  const [count, width] = rows.shape;
  const tokens = tf.reshape(rows, [sequences, count / sequences, width]);
  return tf.reshape(tf.slice(tokens, [0, 0, 0], [sequences, 1, width]), [sequences, width]);
}

/** Attention of the first token (CLS) to every token, mean over the heads: [m, heads, T, T] -> [m, T]. */
export function attentionOfFirst(probabilities: tf.Tensor4D): tf.Tensor2D {
  const [sequences, heads, , length] = probabilities.shape;
  const first = tf.slice(probabilities, [0, 0, 0, 0], [sequences, heads, 1, length]);
  return tf.reshape(tf.mean(first, 1), [sequences, length]);
}
