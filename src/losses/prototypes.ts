/**
 * The category level: the views of a pair predict each other's assignment to prototypes (SwAV, MGCA's disease level;
 * method.md, "Knowledge-guided category level"). Over the global batch; two views give MGCA's loss.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../engine/gradient.js';
import { normalizeRows } from '../engine/normalize.js';
import { sinkhorn, type SinkhornOptions } from './sinkhorn.js';

export interface PrototypeOptions extends SinkhornOptions {
  /** tau of the predictions. */
  temperature: number;
  /** Recent embeddings, [Q, d] for each view, that join the Sinkhorn and not the loss: for a batch smaller than K. */
  queues?: tf.Tensor2D[];
}

/**
 * Mean over the ordered pairs of different views, and over the batch, of the cross-entropy of one view's prediction against
 * the other's codes. Gradients reach views and prototypes through the predictions alone.
 *
 * @param views embeddings of length 1, [B, d] each; two at least
 * @param prototypes [K, d], of any length
 */
export function prototypeLoss(views: tf.Tensor2D[], prototypes: tf.Tensor2D, options: PrototypeOptions): tf.Scalar {
  const directions = normalizeRows(prototypes);
  const scores = views.map((view) => tf.matMul<tf.Tensor2D>(view, directions, false, true));
  const codes = scores.map((ofView, i) => codesOf(ofView, directions, options, options.queues?.[i]));
  const all = tf.addN(codes);
  const terms = scores.map((ofView, i) => {
    const logPredictions = tf.logSoftmax(tf.mul(ofView, 1 / options.temperature));
    return tf.sum(tf.mul(tf.sub(all, codes[i]), logPredictions));
  });
  const predictions = views.length * (views.length - 1) * views[0].shape[0];
  return tf.mul(tf.addN(terms), -1 / predictions);
}

/** scores [B, K], directions [K, d], queue [Q, d] -> codes [B, K] of the batch, balanced over batch and queue. */
function codesOf(
  scores: tf.Tensor2D,
  directions: tf.Tensor2D,
  options: SinkhornOptions,
  queue?: tf.Tensor2D,
): tf.Tensor2D {
  if (queue === undefined) return sinkhorn(scores, options);
  return withoutGradient([scores, directions, queue], (ofBatch, to, recent) => {
    const ofQueue = tf.matMul<tf.Tensor2D>(recent, to, false, true);
    return tf.slice(sinkhorn(tf.concat([ofBatch, ofQueue]), options), [0, 0], ofBatch.shape);
  });
}
