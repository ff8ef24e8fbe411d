/**
 * The alignment of linked words and their concepts through the image (method.md, "Token-knowledge-patch alignment"; our
 * reconstruction). A word and its concept each attend to the patches of their own image, and each must pick out what the
 * other saw among all links of the micro-batch. A report weighs 1 however many links it has.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attendedContexts } from './cross-attention.js';
import { exclude } from './exclude.js';
import type { LocalOptions } from './local-alignment.js';

/** Of the m pairs of a micro-batch, with K slots for links each, one at least; embeddings have length 1. */
export interface LinkedFeatures {
  /** [m, T, d] */
  words: tf.Tensor3D;
  /** [m, P, d] */
  patches: tf.Tensor3D;
  /** Embedding of the concept of each link, [m, K, d]. */
  concepts: tf.Tensor3D;
  /** Which concept it is, int32 [m, K]; a negated mention has an id of its own. */
  conceptIds: tf.Tensor2D;
  /** Which word is linked, int32 [m, K]. */
  positions: tf.Tensor2D;
  /** 1 for slots that hold a link, [m, K]. The others are neither queries nor keys. */
  linkMask: tf.Tensor2D;
}

/** 0 where no slot holds a link. */
export function knowledgeAlignment(features: LinkedFeatures, { temperature, batchSize }: LocalOptions): tf.Scalar {
  const { words, patches, concepts, conceptIds, positions, linkMask } = features;
  const linked = wordsAt(words, positions);
  const excluded = excludedPairs(conceptIds, linkMask);
  const weights = linkWeights(linkMask);
  const agreement = (queries: tf.Tensor3D, seenBy: tf.Tensor3D): tf.Tensor => {
    const seen = flatten(attendedContexts(seenBy, patches, temperature));
    const logits = tf.mul(tf.matMul(flatten(queries), seen, false, true), 1 / temperature);
    return tf.sum(tf.mul(tf.logSoftmax(exclude(logits, excluded)), weights));
  };
  return tf.mul(tf.add(agreement(linked, concepts), agreement(concepts, linked)), -0.5 / batchSize);
}

/**
 * Words by their index in the row: words [m, T, d], positions [m, K] -> [m, K, d]. As a product: the gradient of a gather
 * adds up slots that name the same word in whatever order a GPU gets to them.
 */
function wordsAt(words: tf.Tensor3D, positions: tf.Tensor2D): tf.Tensor3D {
  const chosen = tf.oneHot(positions, words.shape[1], 1, 0, 'float32') as tf.Tensor3D;
  return tf.matMul(chosen, words);
}

/** [m, K, d] -> [m * K, d] */
function flatten(x: tf.Tensor3D): tf.Tensor2D {
  const [rows, slots, width] = x.shape;
  return tf.reshape(x, [rows * slots, width]);
}

/** 1 where the key is no candidate: an empty slot, or another link of the query's concept. [m * K, m * K] */
function excludedPairs(conceptIds: tf.Tensor2D, linkMask: tf.Tensor2D): tf.Tensor2D {
  const links = linkMask.size;
  const same = tf.equal(tf.reshape(conceptIds, [links, 1]), tf.reshape(conceptIds, [1, links]));
  const otherOfSame = tf.mul(tf.cast(same, 'float32'), tf.sub(1, tf.eye(links)));
  return tf.maximum(otherOfSame, tf.sub(1, tf.reshape(linkMask, [1, links])));
}

/** On the diagonal the share of each link in its report, 0 for empty slots: [m, K] -> [m * K, m * K]. */
function linkWeights(linkMask: tf.Tensor2D): tf.Tensor2D {
  const shares = tf.div(linkMask, tf.maximum(tf.sum(linkMask, 1, true), 1));
  return tf.mul(tf.eye(linkMask.size), tf.reshape(shares, [linkMask.size, 1]));
}
