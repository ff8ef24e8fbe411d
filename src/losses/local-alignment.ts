/**
 * The alignment of words and patches within each pair (method.md, "Token-knowledge-patch alignment"; MGCA's two
 * cross-attention losses with padding masked out of the keys and both contexts normalised). Over a micro-batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attendedContexts } from './cross-attention.js';
import { exclude } from './exclude.js';

/** Of the m pairs of a micro-batch; embeddings have length 1. */
export interface LocalFeatures {
  /** [m, T, d] */
  words: tf.Tensor3D;
  /** [m, P, d] */
  patches: tf.Tensor3D;
  /** 1 for words and 0 for padding, [m, T]. A pair without words adds nothing. */
  wordMask: tf.Tensor2D;
  /** Rows sum to 1, [m, T]. */
  wordWeights: tf.Tensor2D;
  /** Rows sum to 1, [m, P]. */
  patchWeights: tf.Tensor2D;
}

export interface LocalOptions {
  /** tau, by which similarities are divided. */
  temperature: number;
  /** B, the size of the global batch: the values of all micro-batches of a step add up to the step's. */
  batchSize: number;
}

/** Words find themselves in the patches that they attend to, and patches in their words: both terms, summed. */
export function localAlignment(features: LocalFeatures, { temperature, batchSize }: LocalOptions): tf.Scalar {
  const { words, patches, wordMask, wordWeights, patchWeights } = features;
  const padding = tf.expandDims<tf.Tensor3D>(tf.sub(1, wordMask), 1);
  const ofWords = attendedContexts(words, patches, temperature);
  const ofPatches = attendedContexts(patches, words, temperature, padding);
  const hasWords = tf.max(wordMask, 1, true);
  const word = agreement(words, ofWords, tf.mul(wordWeights, wordMask), temperature, padding);
  const patch = agreement(patches, ofPatches, tf.mul(patchWeights, hasWords), temperature);
  return tf.mul(tf.add(word, patch), -0.5 / batchSize);
}

/**
 * Log-probability that position j of the tokens picks context j among the contexts of its pair, plus that of context j
 * picking token j; weighted and summed.
 *
 * @param tokens [m, L, d]
 * @param contexts [m, L, d]
 * @param weights [m, L]
 * @param excluded 1 for positions that are no candidates, [m, 1, L]
 */
function agreement(
  tokens: tf.Tensor3D,
  contexts: tf.Tensor3D,
  weights: tf.Tensor,
  temperature: number,
  excluded?: tf.Tensor3D,
): tf.Scalar {
  const logits = tf.mul(tf.matMul(tokens, contexts, false, true), 1 / temperature);
  const logProbabilities = (x: tf.Tensor): tf.Tensor =>
    tf.logSoftmax(excluded === undefined ? x : exclude(x, excluded));
  const both = tf.add(logProbabilities(logits), logProbabilities(tf.transpose(logits, [0, 2, 1])));
  const ofTruth = tf.sum(tf.mul(both, tf.eye(tokens.shape[1])), 2);
  return tf.sum(tf.mul(ofTruth, weights));
}
