/**
 * The divergence encoder (method.md; MLIP names it, this definition is a reconstruction): one pre-norm transformer block over
 * a pair's global and local embeddings, whose global slot is another view of the pair. It is thrown away after pre-training.
 */
import * as tf from '@tensorflow/tfjs-core';
import { paddingBias } from './attention.js';
import type { Dropout } from './dropout.js';
import type { Parameters } from './layers.js';
import type { Layout } from './layout.js';
import { firstOfVitBlock, vitBlockLayout } from './vit-block.js';

/** Hidden width of the feed-forward layers, in embedding widths. */
const MLP_RATIO = 4;

export interface DivergenceOptions {
  heads: number;
  /** Applied to the attention probabilities and to what both halves of the block add. */
  dropout: Dropout;
  /** [m, T], 1 for a local position and 0 for padding; all are positions if not given. */
  mask?: tf.Tensor2D;
}

/**
 * @param global from the global head, not normalised, [m, d]
 * @param local from the local head, not normalised, [m, T, d]
 * @returns [m, d], not normalised
 */
export function divergenceEncoder(
  parameters: Parameters,
  global: tf.Tensor2D,
  local: tf.Tensor3D,
  { heads, dropout, mask }: DivergenceOptions,
): tf.Tensor2D {
  const [sequences, width] = global.shape;
  const tokens = tf.concat([tf.reshape(global, [sequences, 1, width]), local], 1);
  const options = { sequences, heads, attentionDropout: dropout, dropout };
  const bias = mask === undefined ? {} : { scoreBias: paddingBias(withGlobal(mask)) };
  return firstOfVitBlock(parameters, tf.reshape(tokens, [-1, width]), { ...options, ...bias });
}

/** The mask of [global; local]: the global slot is always there. */
function withGlobal(mask: tf.Tensor2D): tf.Tensor2D {
  return tf.concat([tf.ones([mask.shape[0], 1]), tf.cast(mask, 'float32')], 1);
}

export function divergenceLayout(embeddingWidth: number): Layout {
  return vitBlockLayout(embeddingWidth, MLP_RATIO * embeddingWidth);
}
