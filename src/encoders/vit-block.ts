/**
 * A pre-norm transformer block in timm's layout, whole or for the first token alone. https://arxiv.org/abs/2010.11929
 */
import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine/gradient.js';
import { attend, firstTokens } from './attention.js';
import type { Dropout } from './dropout.js';
import { gelu, layerNorm, linear, linearLayer, type Parameters } from './layers.js';
import { linearLayout, normLayout, type Layout } from './layout.js';

export const VIT_EPSILON = 1e-6;

export interface VitBlockOptions {
  /** m, sequences of the micro-batch. */
  sequences: number;
  heads: number;
  /** See attention.ts. */
  scoreBias?: tf.Tensor;
  /** Dropout of the attention probabilities. */
  attentionDropout: Dropout;
  /** Dropout of what the attention and feed-forward layers add. */
  dropout: Dropout;
}

/** Rows [m * T, width] -> rows, and the attention probabilities [m, heads, T, T]. */
export function vitBlock(parameters: Parameters, input: tf.Tensor, options: VitBlockOptions) {
  const normed = layerNorm(parameters, 'norm1', input, VIT_EPSILON);
  const bias = qkvBias(parameters('attn.qkv.bias'));
  const [queries, keys, values] = tf.split(linear(normed, parameters('attn.qkv.weight'), bias), 3, 1);
  const { context, probabilities } = attend(queries, keys, values, { ...options, dropout: options.attentionDropout });
  return { x: afterAttention(parameters, input, context, options.dropout), probabilities };
}

/**
 * The first token of each sequence after the block, as `vitBlock` computes it: rows [m * T, width] -> [m, width]. Keys and
 * values are of all tokens; the rest, which tokens go through on their own, of the first alone.
 */
export function firstOfVitBlock(parameters: Parameters, input: tf.Tensor, options: VitBlockOptions): tf.Tensor2D {
  const { sequences } = options;
  const width = input.shape[1]!;
  const normed = layerNorm(parameters, 'norm1', input, VIT_EPSILON);
  const [queryWeight, otherWeights] = tf.split(parameters('attn.qkv.weight'), [width, 2 * width]);
  const [queryBias, otherBiases] = tf.split(qkvBias(parameters('attn.qkv.bias')), [width, 2 * width]);
  const queries = linear(firstTokens(normed, sequences), queryWeight, queryBias);
  const [keys, values] = tf.split(linear(normed, otherWeights, otherBiases), 2, 1);
  const { context } = attend(queries, keys, values, { ...options, dropout: options.attentionDropout });
  return afterAttention(parameters, firstTokens(input, sequences), context, options.dropout);
}

/** The block from the attention's projection on; input and context are rows. */
function afterAttention(parameters: Parameters, input: tf.Tensor, context: tf.Tensor, dropout: Dropout): tf.Tensor2D {
  const attended = tf.add(input, dropout(linearLayer(parameters, 'attn.proj', context)));
  const hidden = gelu(linearLayer(parameters, 'mlp.fc1', layerNorm(parameters, 'norm2', attended, VIT_EPSILON)));
  return tf.add(attended, dropout(linearLayer(parameters, 'mlp.fc2', hidden)));
}

/**
 * The bias of the keys changes nothing (softmax ignores what all scores of a query have in common), so its gradient is zero
 * but for rounding, which Adam would scale up to whole steps that depend on the order of additions.
 */
function qkvBias(bias: tf.Tensor): tf.Tensor {
  const [queries, keys, values] = tf.split(bias, 3);
  return tf.concat([queries, stopGradient(keys), values]);
}

export function vitBlockLayout(width: number, mlpWidth: number): Layout {
  return [
    ...normLayout('norm1', width),
    ...linearLayout('attn.qkv', 3 * width, width),
    ...linearLayout('attn.proj', width, width),
    ...normLayout('norm2', width),
    ...linearLayout('mlp.fc1', mlpWidth, width),
    ...linearLayout('mlp.fc2', width, mlpWidth),
  ];
}
