/** What tokens see of the other modality: the attention that the local losses share. */
import * as tf from '@tensorflow/tfjs-core';
import { normalizeRows } from '../engine/normalize.js';
import { exclude } from './exclude.js';

/**
 * normalize(softmax(q k^T / tau) k): for each query, a vector of length 1 of what it attends to.
 *
 * @param queries [m, Q, d]
 * @param keys [m, L, d], which are the values too
 * @param excluded 1 for keys that nobody may see, [m, 1, L]
 * @returns [m, Q, d]
 */
export function attendedContexts(
  queries: tf.Tensor3D,
  keys: tf.Tensor3D,
  temperature: number,
  excluded?: tf.Tensor3D,
): tf.Tensor3D {
  const logits = tf.mul<tf.Tensor3D>(tf.matMul(queries, keys, false, true), 1 / temperature);
  const attention = tf.softmax(excluded === undefined ? logits : exclude(logits, excluded));
  return normalizeRows(tf.matMul(attention, keys));
}
