/**
 * From the embedding of a knowledge graph's concept to the shared embedding (method.md). A negated mention is another concept:
 * its embedding is its concept's plus one learned vector.
 */
import * as tf from '@tensorflow/tfjs-core';
import { normalizeRows } from '../engine/normalize.js';
import { linear, type Parameters } from './layers.js';
import { torchInitial, transformerInitial, zeros, type Layout } from './layout.js';

/**
 * @param vectors embeddings of the concepts of n mentions, as the graph has them, [n, width]
 * @param negated [n] of any numeric type, 1 for a negated mention
 * @returns [n, d], rows of length 1
 */
export function projectConcepts(parameters: Parameters, vectors: tf.Tensor2D, negated: tf.Tensor1D): tf.Tensor2D {
  const affirmed = linear(vectors, parameters('weight'), parameters('bias'));
  const negation = tf.mul(tf.reshape(tf.cast(negated, 'float32'), [-1, 1]), parameters('negation'));
  return normalizeRows(tf.add(affirmed, negation));
}

export function conceptProjectionLayout(width: number, embeddingWidth: number): Layout {
  return [
    { name: 'weight', shape: [embeddingWidth, width], initial: torchInitial(width) },
    { name: 'bias', shape: [embeddingWidth], initial: zeros },
    { name: 'negation', shape: [embeddingWidth], initial: transformerInitial },
  ];
}
