/**
 * BERT in Hugging Face's layout (BertModel without pooler), post-norm. https://arxiv.org/abs/1810.04805
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TextConfig } from '../config/schema.js';
import { attentionOfFirst, firstTokens, paddingBias, type AttentionOptions } from './attention.js';
import {
  BERT_EPSILON,
  bertAttention,
  bertAttentionLayout,
  bertFeedForward,
  bertFeedForwardLayout,
  keysAndValues,
} from './bert-layer.js';
import type { Dropout } from './dropout.js';
import { layerNorm, type Parameters } from './layers.js';
import { normLayout, transformerInitial, type Layout } from './layout.js';

/** A report is one segment; the table has two rows in every checkpoint. */
const TOKEN_TYPES = 2;

/** What an encoder makes of a micro-batch of reports of L pieces. */
export interface ReportFeatures {
  /** Last hidden state of CLS, [m, width]. */
  global: tf.Tensor2D;
  /** Last hidden state of every piece, CLS, SEP and padding included, [m, L, width]. */
  local: tf.Tensor3D;
  /** Attention of CLS to the pieces in the last layer, mean over the heads, [m, L]; 0 for padding. */
  pieceWeights: tf.Tensor2D;
}

/**
 * @param pieceIds int32 [m, L], CLS first
 * @param mask [m, L], 1 for a piece and 0 for padding
 * @param dropout applied to embeddings, attention probabilities, and what the layers add
 */
export function bert(
  parameters: Parameters,
  pieceIds: tf.Tensor2D,
  mask: tf.Tensor2D,
  config: TextConfig,
  dropout: Dropout,
): ReportFeatures {
  const [sequences, length] = pieceIds.shape;
  const { width, layers, heads } = config;
  const options = { sequences, heads, scoreBias: paddingBias(mask), dropout };
  let x: tf.Tensor = dropout(embed(parameters, pieceIds, width));
  let probabilities: tf.Tensor4D | undefined;
  for (let index = 0; index < layers; index++) {
    ({ x, probabilities } = layer(parameters, `encoder.layer.${index}`, x, options));
  }
  return {
    global: firstTokens(x, sequences),
    local: tf.reshape(x, [sequences, length, width]),
    pieceWeights: attentionOfFirst(probabilities!),
  };
}

/** Word + position + segment, normalised: [m * L, width]. */
function embed(parameters: Parameters, pieceIds: tf.Tensor2D, width: number): tf.Tensor2D {
  const [sequences, length] = pieceIds.shape;
  const words = tf.gather(parameters('embeddings.word_embeddings.weight'), tf.reshape(pieceIds, [-1]));
  const positions = tf.slice(parameters('embeddings.position_embeddings.weight'), [0, 0], [length, width]);
  const segment = tf.slice(parameters('embeddings.token_type_embeddings.weight'), [0, 0], [1, width]);
  const sum = tf.add(tf.reshape(words, [sequences, length, width]), tf.add(positions, segment));
  return layerNorm(parameters, 'embeddings.LayerNorm', tf.reshape(sum, [-1, width]), BERT_EPSILON);
}

function layer(parameters: Parameters, name: string, input: tf.Tensor, options: AttentionOptions) {
  const own = keysAndValues(parameters, `${name}.attention`, input);
  const { x, probabilities } = bertAttention(parameters, `${name}.attention`, input, own, options);
  return { x: bertFeedForward(parameters, name, x, options.dropout), probabilities };
}

/** Parameters of a BERT without pooler; initial values as Hugging Face's. */
export function bertLayout({ width, layers, mlpWidth, maxPositions }: TextConfig, vocabularySize: number): Layout {
  const table = (name: string, rows: number) => ({
    name: `embeddings.${name}.weight`,
    shape: [rows, width],
    initial: transformerInitial,
  });
  return [
    table('word_embeddings', vocabularySize),
    table('position_embeddings', maxPositions),
    table('token_type_embeddings', TOKEN_TYPES),
    ...normLayout('embeddings.LayerNorm', width),
    ...Array.from({ length: layers }, (_, i) => layerLayout(`encoder.layer.${i}`, width, mlpWidth)).flat(),
  ];
}

function layerLayout(name: string, width: number, mlpWidth: number): Layout {
  return [...bertAttentionLayout(`${name}.attention`, width, width), ...bertFeedForwardLayout(name, width, mlpWidth)];
}
