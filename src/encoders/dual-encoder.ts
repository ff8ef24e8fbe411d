/**
 * The two encoders with their heads: what they make of a micro-batch. Pure functions of (parameters, batch), so that the
 * engine can compile them.
 *
 *   const images = encodeImages(parameters, pixels, { config, training: true, seed });
 *   const reports = encodeReports(parameters, { pieceIds, pieceMask }, { config, training: true, seed });
 *
 * In evaluation they give the embedding and the features. In training they also give what the losses in use read.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hasFusion, hasLocalEmbeddings, partsOf, type MethodParts } from '../config/parts.js';
import { normalizeRows } from '../engine/normalize.js';
import type { NormSource } from './batch-norm.js';
import { bert, type ReportFeatures } from './bert.js';
import { projectConcepts } from './concept-projection.js';
import { divergenceEncoder } from './divergence-encoder.js';
import { dropoutSource, noDropout, type Dropout } from './dropout.js';
import { globalHead, localHead } from './head.js';
import { encodeVision } from './image-encoder.js';
import type { ImageFeatures } from './image-features.js';
import { scoped } from './layers.js';
import type { ModelConfig } from './model-layout.js';
import { wordsOf } from './words.js';

/** How to run: with dropout and batch statistics, or as in evaluation. */
export type ForwardContext =
  | {
      config: ModelConfig;
      training: true;
      /** int32 [2], a function of (seed, step, micro-batch). */
      seed: tf.Tensor1D;
    }
  | {
      config: ModelConfig;
      training: false;
      /** Running statistics by the names of `statisticsLayout`. */
      state: tf.NamedTensorMap;
    };

/** What both modalities give. Everything optional is there in training, where a loss in use reads it. */
interface Encoding<Features> {
  /** v or t: [m, d], rows of length 1. */
  embedding: tf.Tensor2D;
  /** v_hat or t_hat of the divergence encoder: [m, d], rows of length 1. */
  divergent?: tf.Tensor2D;
  /** BatchNorm's statistics of the micro-batch by the names of `statisticsLayout`; none in evaluation. */
  statistics: tf.NamedTensorMap;
  /** What the encoder made, before the heads. */
  features: Features;
}

export interface ImageEncoding extends Encoding<ImageFeatures> {
  /** [m, P, d], rows of length 1. */
  patches?: tf.Tensor3D;
  /** What the fusion encoder attends to: [m, I, width], CLS first where there is one. */
  tokens?: tf.Tensor3D;
}

export interface ReportEncoding extends Encoding<ReportFeatures> {
  /** [m, T, d], rows of length 1; what padding gives means nothing. */
  words?: tf.Tensor3D;
  /** Attention of CLS, summed over the pieces of a word, [m, T]. */
  wordWeights?: tf.Tensor2D;
  /** Concepts of the links, [m, K, d], rows of length 1. */
  concepts?: tf.Tensor3D;
  /** Mean of the report's distinct concepts, [m, d]; 0 without any. */
  conceptMean?: tf.Tensor2D;
}

/** A micro-batch of reports of L pieces. What stands below the mask is read in training, where a loss in use needs it. */
export interface ReportInputs {
  /** int32 [m, L], CLS first. */
  pieceIds: tf.Tensor2D;
  /** [m, L] of any numeric type, 1 for a piece and 0 for padding. */
  pieceMask: tf.Tensor2D;
  /** int32 [m, L], the word of each piece, -1 for CLS, SEP and padding. */
  wordOfPiece?: tf.Tensor2D;
  /** Embeddings of the links' concepts as the knowledge graph gives them, [m, K, width]; [m, K] 1 where negated. */
  conceptVectors?: tf.Tensor3D;
  conceptNegated?: tf.Tensor2D;
  /** Share of each link in the mean of its report's distinct concepts, [m, K]; rows sum to 1, or 0 without any. */
  conceptShares?: tf.Tensor2D;
}

/** Words of a report of so many pieces, CLS and SEP taken off. */
export function wordCountOf(pieces: number): number {
  return pieces - 2;
}

/** Dropout streams under one seed. */
const STREAMS = { vision: 0, text: 1, 'divergence.vision': 2, 'divergence.text': 3, fusion: 4 } as const;

/** @param images grey levels 0..255 of any numeric type, [m, S, S] */
export function encodeImages(
  parameters: tf.NamedTensorMap,
  images: tf.Tensor3D,
  context: ForwardContext,
): ImageEncoding {
  const parts = partsOf(context.config);
  const [count, side] = images.shape;
  // (x / 255 - 0.5) / 0.5
  const normalised = tf.sub(tf.mul(tf.cast(images, 'float32'), 1 / 127.5), 1);
  const grey = tf.reshape<tf.Rank.R4>(normalised, [count, 1, side, side]);
  const own = scoped(parameters, 'vision.', constantsOfImages(parts));
  const { vision } = context.config.model;
  const dropout = dropoutOf('vision', vision.dropout, context);
  const { statistics, ...features } = encodeVision(own, grey, vision, {
    dropout,
    source: sourceOf('vision.', context),
  });
  const projected = project('vision', parameters, features.global, features.local, undefined, context);
  const { local: patches, ...rest } = projected;
  const tokens = context.training && hasFusion(parts) ? { tokens: tokensOf(features, vision.architecture) } : {};
  return {
    ...{ ...rest, ...tokens, features },
    ...(patches === undefined ? {} : { patches }),
    statistics: { ...named('vision.', statistics), ...rest.statistics },
  };
}

/** Of a ViT all tokens, of a ResNet the map that is the local features. */
function tokensOf({ global, local }: ImageFeatures, architecture: 'vit' | 'resnet'): tf.Tensor3D {
  return architecture === 'vit' ? tf.concat([tf.expandDims<tf.Tensor3D>(global, 1), local], 1) : local;
}

export function encodeReports(
  parameters: tf.NamedTensorMap,
  inputs: ReportInputs,
  context: ForwardContext,
): ReportEncoding {
  const parts = partsOf(context.config);
  const { text } = context.config.model;
  const own = scoped(parameters, 'text.', constantsOfReports(parts, text.layers));
  const features = bert(own, inputs.pieceIds, inputs.pieceMask, text, dropoutOf('text', text.dropout, context));
  const spoken = context.training && hasLocalEmbeddings(parts) ? spokenWords(features, inputs) : undefined;
  const projected = project('text', parameters, features.global, spoken?.words, spoken?.mask, context);
  const { local: words, ...rest } = projected;
  return {
    ...{ ...rest, features },
    ...(words === undefined ? {} : { words, wordWeights: spoken!.weights }),
    ...(context.training && parts.knowledge ? conceptsOf(parameters, inputs) : {}),
  };
}

/** Pieces summed into words: [m, T, width], their weights and their mask, [m, T]. */
function spokenWords({ local, pieceWeights }: ReportFeatures, { wordOfPiece }: ReportInputs) {
  const count = wordCountOf(local.shape[1]);
  const { words, weights } = wordsOf(local, pieceWeights, wordOfPiece!, count);
  return { words, weights, mask: maskOfWords(wordOfPiece!, count) };
}

/** [m, T], 1 where there is a word. */
export function maskOfWords(wordOfPiece: tf.Tensor2D, count: number): tf.Tensor2D {
  const last = tf.max(wordOfPiece, 1, true);
  const positions = tf.tensor2d(
    Int32Array.from({ length: count }, (_, at) => at),
    [1, count],
    'int32',
  );
  return tf.cast(tf.greaterEqual(last, positions), 'float32');
}

function conceptsOf(
  parameters: tf.NamedTensorMap,
  { conceptVectors, conceptNegated, conceptShares }: ReportInputs,
): Pick<ReportEncoding, 'concepts' | 'conceptMean'> {
  const [count, links, width] = conceptVectors!.shape;
  const vectors = tf.reshape<tf.Rank.R2>(conceptVectors!, [count * links, width]);
  const flat = projectConcepts(scoped(parameters, 'knowledge.'), vectors, tf.reshape(conceptNegated!, [-1]));
  const concepts = tf.reshape<tf.Rank.R3>(flat, [count, links, -1]);
  return { concepts, conceptMean: tf.sum(tf.mul(concepts, tf.expandDims(conceptShares!, 2)), 1) };
}

/**
 * The bias of an encoder's last norm is a constant where only heads read it: their BatchNorm takes away what all rows have
 * in common, so the gradient would be zero but for rounding, which Adam would scale up to whole steps that depend on the
 * order of additions. Sums over a word's pieces, and the fusion encoder, do see it.
 */
function constantsOfImages(parts: MethodParts): string[] {
  return hasFusion(parts) ? [] : ['norm.bias'];
}

function constantsOfReports(parts: MethodParts, layers: number): string[] {
  const seen = hasFusion(parts) || hasLocalEmbeddings(parts);
  return seen ? [] : [`encoder.layer.${layers - 1}.output.LayerNorm.bias`];
}

/** The dropout of one place in the model; none in evaluation. */
export function dropoutOf(stream: keyof typeof STREAMS, rate: number, context: ForwardContext): Dropout {
  return context.training ? dropoutSource(context.seed, rate, STREAMS[stream]) : noDropout;
}

function sourceOf(prefix: string, context: ForwardContext): NormSource {
  return context.training ? { kind: 'batch' } : { kind: 'running', state: scoped(context.state, prefix) };
}

function named(prefix: string, statistics: tf.NamedTensorMap): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(statistics).map(([name, value]) => [prefix + name, value]));
}

/** Heads and, where it is in use, the divergence encoder over what the heads give before it is normalised. */
function project(
  modality: 'vision' | 'text',
  parameters: tf.NamedTensorMap,
  global: tf.Tensor2D,
  local: tf.Tensor3D | undefined,
  mask: tf.Tensor2D | undefined,
  context: ForwardContext,
): Omit<Encoding<never>, 'features'> & { local?: tf.Tensor3D } {
  const prefix = `head.${modality}.`;
  const head = globalHead(scoped(parameters, prefix), global, sourceOf(prefix, context));
  const result = { embedding: normalizeRows(head.projected), statistics: named(prefix, head.statistics) };
  const parts = partsOf(context.config);
  if (!context.training || !hasLocalEmbeddings(parts)) return result;
  const localPrefix = `local_head.${modality}.`;
  const positions = localHead(scoped(parameters, localPrefix), local!, sourceOf(localPrefix, context), mask);
  const statistics = { ...result.statistics, ...named(localPrefix, positions.statistics) };
  const whole = { ...result, statistics, local: normalizeRows(positions.projected) };
  if (!parts.divergence) return whole;
  const { heads, dropout: rate } = context.config.model.divergence;
  const dropout = dropoutOf(`divergence.${modality}`, rate, context);
  const own = scoped(parameters, `divergence.${modality}.`);
  const diverging = divergenceEncoder(own, head.projected, positions.projected, { heads, dropout, mask });
  return { ...whole, divergent: normalizeRows(diverging) };
}
