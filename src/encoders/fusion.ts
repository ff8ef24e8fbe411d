/**
 * The fusion encoder of the proxy tasks, as ALBEF's (https://arxiv.org/abs/2107.07651): BERT layers whose pieces also attend to
 * all tokens of an image, in Hugging Face's layout (BertLayer with cross-attention).
 *
 * The sequences of a micro-batch pair the same few reports and images in different ways. What depends on a report alone (the
 * self-attention of the first layer) or on an image alone (keys and values) is computed once for each, and then selected.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { FusionConfig } from '../config/schema.js';
import { firstTokens, paddingBias, type AttentionOptions } from './attention.js';
import {
  bertAttention,
  bertAttentionLayout,
  bertFeedForward,
  bertFeedForwardLayout,
  keysAndValues,
  type KeysAndValues,
} from './bert-layer.js';
import type { Dropout } from './dropout.js';
import type { Parameters } from './layers.js';
import type { Layout } from './layout.js';

/** n pairings of m reports with m images. */
export interface FusionInputs {
  /** Hidden states of the reports' pieces, CLS first, [m, L, text width]. */
  pieces: tf.Tensor3D;
  /** [m, L], 1 for a piece and 0 for padding. */
  pieceMask: tf.Tensor2D;
  /** All tokens of the images, [m, I, image width]. */
  imageTokens: tf.Tensor3D;
  /** The report of each pairing, one-hot [n, m]. */
  reportOf: tf.Tensor2D;
  /** The image of each pairing, one-hot [n, m]. */
  imageOf: tf.Tensor2D;
}

/**
 * @param dropout applied to attention probabilities and to what the layers add; what is computed once is dropped once
 * @returns CLS of each pairing after the last layer, [n, text width]
 */
export function fusion(
  parameters: Parameters,
  inputs: FusionInputs,
  { layers, heads }: FusionConfig,
  dropout: Dropout,
): tf.Tensor2D {
  const { imageTokens, reportOf, imageOf } = inputs;
  const sequences = imageOf.shape[0];
  const images = rowsOf(imageTokens);
  const crossing = { sequences, heads, dropout };
  const ofReports = { heads, dropout, sequences: reportOf.shape[1], scoreBias: paddingBias(inputs.pieceMask) };
  const ofPairings = { ...crossing, scoreBias: paddingBias(tf.matMul(reportOf, tf.cast(inputs.pieceMask, 'float32'))) };
  let x = rowsOf(inputs.pieces);
  for (let index = 0; index < layers; index++) {
    const name = `encoder.layer.${index}`;
    x = attendToSelf(parameters, name, x, index === layers - 1, index === 0 ? ofReports : ofPairings);
    if (index === 0) x = select(reportOf, x);
    const seen = selectBoth(imageOf, keysAndValues(parameters, `${name}.crossattention`, images));
    x = bertAttention(parameters, `${name}.crossattention`, x, seen, crossing).x;
    x = bertFeedForward(parameters, name, x, dropout);
  }
  return x;
}

/** Of the last layer only CLS is read, so only CLS asks: all that follows is of CLS alone. */
function attendToSelf(
  parameters: Parameters,
  name: string,
  x: tf.Tensor2D,
  last: boolean,
  options: AttentionOptions,
): tf.Tensor2D {
  const own = keysAndValues(parameters, `${name}.attention`, x);
  const asking = last ? firstTokens(x, options.sequences) : x;
  return bertAttention(parameters, `${name}.attention`, asking, own, options).x;
}

/** [m, T, width] -> [m * T, width] */
function rowsOf(x: tf.Tensor3D): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape[2]]);
}

/** The rows of the item that each pairing names: one-hot [n, m] and rows [m * T, width] -> [n * T, width]. */
function select(itemOf: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D {
  const width = rows.shape[1];
  return tf.reshape(tf.matMul(itemOf, tf.reshape(rows, [itemOf.shape[1], -1])), [-1, width]);
}

/** Selecting after the projection: m images are fewer rows to project than n pairings. */
function selectBoth(itemOf: tf.Tensor2D, { keys, values }: KeysAndValues): KeysAndValues {
  return { keys: select(itemOf, keys), values: select(itemOf, values) };
}

export function fusionLayout({ layers, mlpWidth }: FusionConfig, textWidth: number, imageWidth: number): Layout {
  return Array.from({ length: layers }, (_, index) => `encoder.layer.${index}`).flatMap((name) => [
    ...bertAttentionLayout(`${name}.attention`, textWidth, textWidth),
    ...bertAttentionLayout(`${name}.crossattention`, textWidth, imageWidth),
    ...bertFeedForwardLayout(name, textWidth, mlpWidth),
  ]);
}
