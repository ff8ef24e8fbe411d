/**
 * BERT in Hugging Face's layout (BertModel without pooler), post-norm. https://arxiv.org/abs/1810.04805
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TextConfig } from '../config/schema.js';
import { attend, attentionOfFirst } from './attention.js';
import { stopGradient } from '../engine/gradient.js';
import type { Dropout } from './dropout.js';
import { gelu, layerNorm, linear, linearLayer, type Parameters } from './layers.js';
import { linearLayout, normLayout, transformerInitial, type Layout } from './layout.js';

const EPSILON = 1e-12;
/** A report is one segment; the table has two rows in every checkpoint. */
const TOKEN_TYPES = 2;
/** Far below every score, and still finite in float32: exp of it is 0. */
const UNSEEN = -1e9;

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
  const unseen = tf.mul(tf.sub(1, tf.cast(mask, 'float32')), UNSEEN);
  const options = { sequences, heads, scoreBias: tf.reshape(unseen, [sequences, 1, 1, length]), dropout };
  let x: tf.Tensor = dropout(embed(parameters, pieceIds, width));
  let probabilities: tf.Tensor4D | undefined;
  for (let index = 0; index < layers; index++) {
    ({ x, probabilities } = layer(parameters, `encoder.layer.${index}`, x, options));
  }
  const pieces = tf.reshape<tf.Rank.R3>(x, [sequences, length, width]);
  return {
    global: tf.reshape(tf.slice(pieces, [0, 0, 0], [sequences, 1, width]), [sequences, width]),
    local: pieces,
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
  return layerNorm(parameters, 'embeddings.LayerNorm', tf.reshape(sum, [-1, width]), EPSILON);
}

interface LayerOptions {
  sequences: number;
  heads: number;
  scoreBias: tf.Tensor;
  dropout: Dropout;
}

function layer(parameters: Parameters, name: string, input: tf.Tensor, options: LayerOptions) {
  const self = `${name}.attention.self`;
  const queries = linearLayer(parameters, `${self}.query`, input);
  // The keys' bias changes nothing, so it gets no gradient: see vit.ts.
  const keys = linear(input, parameters(`${self}.key.weight`), stopGradient(parameters(`${self}.key.bias`)));
  const values = linearLayer(parameters, `${self}.value`, input);
  const { context, probabilities } = attend(queries, keys, values, options);
  const attended = addAndNorm(parameters, `${name}.attention.output`, context, input, options.dropout);
  const hidden = gelu(linearLayer(parameters, `${name}.intermediate.dense`, attended));
  return { x: addAndNorm(parameters, `${name}.output`, hidden, attended, options.dropout), probabilities };
}

/** LayerNorm(residual + dropout(dense(x))), the end of both halves of a layer. */
function addAndNorm(parameters: Parameters, name: string, x: tf.Tensor, residual: tf.Tensor, dropout: Dropout) {
  const added = tf.add(residual, dropout(linearLayer(parameters, `${name}.dense`, x)));
  return layerNorm(parameters, `${name}.LayerNorm`, added, EPSILON);
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
  const projections = ['query', 'key', 'value'].flatMap((part) =>
    linearLayout(`${name}.attention.self.${part}`, width, width),
  );
  return [
    ...projections,
    ...linearLayout(`${name}.attention.output.dense`, width, width),
    ...normLayout(`${name}.attention.output.LayerNorm`, width),
    ...linearLayout(`${name}.intermediate.dense`, mlpWidth, width),
    ...linearLayout(`${name}.output.dense`, width, mlpWidth),
    ...normLayout(`${name}.output.LayerNorm`, width),
  ];
}
