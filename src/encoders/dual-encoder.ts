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
import { bert, type ReportFeatures } from './bert.js';
import { projectConcepts } from './concept-projection.js';
import { dropoutOf, named, sourceOf, type ForwardContext } from './forward-context.js';
import { encodeVision } from './image-encoder.js';
import type { ImageFeatures } from './image-features.js';
import { scoped } from './layers.js';
import { project, type Projection } from './projection.js';
import { maskOfWords, wordCountOf, wordsOf } from './words.js';

export interface ImageEncoding extends Projection {
  features: ImageFeatures;
  /** What the fusion encoder attends to: [m, I, width], CLS first where there is one. */
  tokens?: tf.Tensor3D;
}

export interface ReportEncoding extends Projection {
  features: ReportFeatures;
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

/** @param images grey levels 0..255 of any numeric type, [m, S, S] */
export function encodeImages(
  parameters: tf.NamedTensorMap,
  images: tf.Tensor3D,
  context: ForwardContext,
): ImageEncoding {
  const parts = partsOf(context.config);
  const { vision } = context.config.model;
  const own = scoped(parameters, 'vision.', constantsOfImages(parts));
  const options = { dropout: dropoutOf('vision', vision.dropout, context), source: sourceOf('vision.', context) };
  const { statistics, ...features } = encodeVision(own, normalised(images), vision, options);
  const projection = project('vision', parameters, features, context);
  const tokens = context.training && hasFusion(parts) ? { tokens: tokensOf(features, vision.architecture) } : {};
  const all = { ...named('vision.', statistics), ...projection.statistics };
  return { ...projection, ...tokens, features, statistics: all };
}

/** (x / 255 - 0.5) / 0.5, as one channel: [m, S, S] -> [m, 1, S, S]. */
function normalised(images: tf.Tensor3D): tf.Tensor4D {
  const [count, side] = images.shape;
  return tf.reshape(tf.sub(tf.mul(tf.cast(images, 'float32'), 1 / 127.5), 1), [count, 1, side, side]);
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
  const projectable = { global: features.global, local: spoken?.words, mask: spoken?.mask };
  return {
    ...project('text', parameters, projectable, context),
    ...(spoken && { wordWeights: spoken.weights }),
    ...(context.training && parts.knowledge ? conceptsOf(parameters, inputs) : {}),
    features,
  };
}

/** Pieces summed into words: [m, T, width], their weights and their mask, [m, T]. */
function spokenWords({ local, pieceWeights }: ReportFeatures, { wordOfPiece }: ReportInputs) {
  const count = wordCountOf(local.shape[1]);
  const { words, weights } = wordsOf(local, pieceWeights, wordOfPiece!, count);
  return { words, weights, mask: maskOfWords(wordOfPiece!, count) };
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
