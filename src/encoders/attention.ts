/** Multi-head attention over the tokens of each sequence of a micro-batch, as batched 4-D matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from './dropout.js';

export interface AttentionOptions {
  /** m, sequences of the micro-batch. */
  sequences: number;
  heads: number;
  /** Added to the scores, [m, 1, 1, T]: 0 for a key that may be seen, very negative for padding. */
  scoreBias?: tf.Tensor;
  /** Dropout of the attention probabilities. */
  dropout: Dropout;
}

export interface Attended {
  /** [m * T, width]. */
  context: tf.Tensor2D;
  /** Softmax of the scores before dropout, [m, heads, T, T]. */
  probabilities: tf.Tensor4D;
}

/** softmax(q k^T / sqrt(width / heads) + bias) v. Queries, keys and values are rows, [m * T, width]. */
export function attend(queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, options: AttentionOptions): Attended {
  const [rows, width] = queries.shape;
  const { sequences, heads, scoreBias, dropout } = options;
  const split = (x: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(x, [sequences, rows / sequences, heads, width / heads]), [0, 2, 1, 3]);
  const products = tf.matMul(split(tf.mul(queries, Math.sqrt(heads / width))), split(keys), false, true);
  const scores = scoreBias === undefined ? products : tf.add(products, scoreBias);
  const probabilities = tf.softmax<tf.Tensor4D>(scores as tf.Tensor4D);
  const mixed = tf.matMul(dropout(probabilities), split(values));
  return { context: tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows, width]), probabilities };
}

/** Attention of the first token (CLS) to every token, mean over the heads: [m, heads, T, T] -> [m, T]. */
export function attentionOfFirst(probabilities: tf.Tensor4D): tf.Tensor2D {
  const [sequences, heads, , length] = probabilities.shape;
  const first = tf.slice(probabilities, [0, 0, 0, 0], [sequences, heads, 1, length]);
  return tf.reshape(tf.mean(first, 1), [sequences, length]);
}
