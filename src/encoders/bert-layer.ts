/**
 * The halves of a BERT layer in Hugging Face's layout, post-norm: attention to the own sequence or to another one
 * (crossattention), and the feed-forward layers. https://arxiv.org/abs/1810.04805
 */
import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine/gradient.js';
import { attend, type AttentionOptions } from './attention.js';
import type { Dropout } from './dropout.js';
import { gelu, layerNorm, linear, linearLayer, type Parameters } from './layers.js';
import { linearLayout, normLayout, type Layout } from './layout.js';

export const BERT_EPSILON = 1e-12;

/** What queries look at: keys and values, rows [m * K, width] each. */
export interface KeysAndValues {
  keys: tf.Tensor2D;
  values: tf.Tensor2D;
}

/** @param x rows of what is attended to, [m * K, its width] */
export function keysAndValues(parameters: Parameters, name: string, x: tf.Tensor): KeysAndValues {
  return {
    // The keys' bias changes nothing, so it gets no gradient: see vit-block.ts.
    keys: linear(x, parameters(`${name}.self.key.weight`), stopGradient(parameters(`${name}.self.key.bias`))),
    values: linearLayer(parameters, `${name}.self.value`, x),
  };
}

/**
 * Attention, then add and norm.
 *
 * @param name of the attention, e.g. encoder.layer.0.attention
 * @param x rows that ask, [m * Q, width]
 */
export function bertAttention(
  parameters: Parameters,
  name: string,
  x: tf.Tensor,
  { keys, values }: KeysAndValues,
  options: AttentionOptions,
): { x: tf.Tensor2D; probabilities: tf.Tensor4D } {
  const queries = linearLayer(parameters, `${name}.self.query`, x);
  const { context, probabilities } = attend(queries, keys, values, options);
  return { x: addAndNorm(parameters, `${name}.output`, context, x, options.dropout), probabilities };
}

/** The feed-forward layers of the layer `name`, then add and norm; x is rows. */
export function bertFeedForward(parameters: Parameters, name: string, x: tf.Tensor, dropout: Dropout): tf.Tensor2D {
  const hidden = gelu(linearLayer(parameters, `${name}.intermediate.dense`, x));
  return addAndNorm(parameters, `${name}.output`, hidden, x, dropout);
}

/** LayerNorm(residual + dropout(dense(x))), the end of each half of a layer. */
function addAndNorm(parameters: Parameters, name: string, x: tf.Tensor, residual: tf.Tensor, dropout: Dropout) {
  const added = tf.add(residual, dropout(linearLayer(parameters, `${name}.dense`, x)));
  return layerNorm(parameters, `${name}.LayerNorm`, added, BERT_EPSILON);
}

/** @param attendedWidth width of what is attended to */
export function bertAttentionLayout(name: string, width: number, attendedWidth: number): Layout {
  return [
    ...linearLayout(`${name}.self.query`, width, width),
    ...linearLayout(`${name}.self.key`, width, attendedWidth),
    ...linearLayout(`${name}.self.value`, width, attendedWidth),
    ...linearLayout(`${name}.output.dense`, width, width),
    ...normLayout(`${name}.output.LayerNorm`, width),
  ];
}

export function bertFeedForwardLayout(name: string, width: number, mlpWidth: number): Layout {
  return [
    ...linearLayout(`${name}.intermediate.dense`, mlpWidth, width),
    ...linearLayout(`${name}.output.dense`, width, mlpWidth),
    ...normLayout(`${name}.output.LayerNorm`, width),
  ];
}
