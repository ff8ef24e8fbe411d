/** The third view of a pair: its report with what is known about it (method.md, "Knowledge-guided category level"; ours). */
import * as tf from '@tensorflow/tfjs-core';
import { normalizeRows } from '../engine/normalize.js';

/**
 * normalize(t + mean concept embedding), or t where the report has no link.
 *
 * @param t reports, of length 1, [B, d]
 * @param conceptMean [B, d]
 * @param hasKnowledge non-zero for reports that have a link, [B] or [B, 1]
 */
export function knowledgeView(t: tf.Tensor2D, conceptMean: tf.Tensor2D, hasKnowledge: tf.Tensor): tf.Tensor2D {
  const known = tf.cast(tf.reshape(hasKnowledge, [t.shape[0], 1]), 'float32');
  return normalizeRows(tf.add(t, tf.mul(conceptMean, known)));
}
