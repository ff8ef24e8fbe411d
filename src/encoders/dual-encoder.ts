/**
 * The model that is trained: an image encoder and a report encoder, each with a head into the shared embedding. Pure
 * functions of (parameters, batch), so that the engine can compile them.
 *
 *   const images = encodeImages(parameters, pixels, { model, training: true, seed });
 *   const reports = encodeReports(parameters, pieceIds, mask, { model, training: true, seed });
 *
 * The bias of each encoder's last norm is a constant: the head's first BatchNorm takes away what all rows have in common, so
 * the gradient would be zero but for rounding, which Adam would scale up to whole steps that depend on the order of
 * additions.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { normalizeRows } from '../engine/normalize.js';
import type { NormSource } from './batch-norm.js';
import { bert, bertLayout, type ReportFeatures } from './bert.js';
import { dropoutSource, noDropout, type Dropout } from './dropout.js';
import { encodeVision, imageEncoderLayout, imageEncoderStateLayout } from './image-encoder.js';
import type { ImageFeatures } from './image-features.js';
import { globalHead, headLayout, headStateLayout } from './head.js';
import { scoped } from './layers.js';
import { prefixed, type Layout } from './layout.js';
import { visionShape } from './vision-shape.js';

export type ModelConfig = Config['model'];

/** How to run: with dropout and batch statistics, or as in evaluation. */
export type ForwardContext =
  | {
      model: ModelConfig;
      training: true;
      /** int32 [2], a function of (seed, step, micro-batch). */
      seed: tf.Tensor1D;
    }
  | {
      model: ModelConfig;
      training: false;
      /** Running statistics by the names of `dualEncoderStateLayout`. */
      state: tf.NamedTensorMap;
    };

export interface Encoding<Features> {
  /** [m, d], rows of length 1. */
  embedding: tf.Tensor2D;
  /** BatchNorm's statistics of the micro-batch by the names of `dualEncoderStateLayout`; none in evaluation. */
  statistics: tf.NamedTensorMap;
  /** What the encoder made, before the head. */
  features: Features;
}

/** Dropout streams of the two encoders under one seed. */
const STREAMS = { vision: 0, text: 1 } as const;
type Modality = keyof typeof STREAMS;

/** @param images grey levels 0..255 of any numeric type, [m, S, S] */
export function encodeImages(
  parameters: tf.NamedTensorMap,
  images: tf.Tensor3D,
  context: ForwardContext,
): Encoding<ImageFeatures> {
  const [count, side] = images.shape;
  // (x / 255 - 0.5) / 0.5
  const normalised = tf.sub(tf.mul(tf.cast(images, 'float32'), 1 / 127.5), 1);
  const grey = tf.reshape<tf.Rank.R4>(normalised, [count, 1, side, side]);
  const { vision } = context.model;
  const own = scoped(parameters, 'vision.', ['norm.bias']);
  const options = { dropout: dropoutOf('vision', context), source: normSource('vision.', context) };
  const { statistics, ...features } = encodeVision(own, grey, vision, options);
  const encoding = project('vision', parameters, features, context);
  return { ...encoding, statistics: { ...named('vision.', statistics), ...encoding.statistics } };
}

/**
 * @param pieceIds int32 [m, L], CLS first
 * @param mask [m, L] of any numeric type, 1 for a piece and 0 for padding
 */
export function encodeReports(
  parameters: tf.NamedTensorMap,
  pieceIds: tf.Tensor2D,
  mask: tf.Tensor2D,
  context: ForwardContext,
): Encoding<ReportFeatures> {
  const { text } = context.model;
  const lastBias = `encoder.layer.${text.layers - 1}.output.LayerNorm.bias`;
  const own = scoped(parameters, 'text.', [lastBias]);
  const features = bert(own, pieceIds, mask, text, dropoutOf('text', context));
  return project('text', parameters, features, context);
}

function dropoutOf(modality: Modality, context: ForwardContext): Dropout {
  if (!context.training) return noDropout;
  return dropoutSource(context.seed, context.model[modality].dropout, STREAMS[modality]);
}

function project<Features extends { global: tf.Tensor2D }>(
  modality: Modality,
  parameters: tf.NamedTensorMap,
  features: Features,
  context: ForwardContext,
): Encoding<Features> {
  const prefix = `head.${modality}.`;
  const source = normSource(prefix, context);
  const { projected, statistics } = globalHead(scoped(parameters, prefix), features.global, source);
  return { embedding: normalizeRows(projected), statistics: named(prefix, statistics), features };
}

function normSource(prefix: string, context: ForwardContext): NormSource {
  return context.training ? { kind: 'batch' } : { kind: 'running', state: scoped(context.state, prefix) };
}

function named(prefix: string, tensors: tf.NamedTensorMap): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

/** All parameters that are trained. */
export function dualEncoderLayout(model: ModelConfig, vocabularySize: number): Layout {
  const { vision, text, headWidth, embeddingWidth } = model;
  return [
    ...prefixed('vision.', imageEncoderLayout(vision)),
    ...prefixed('text.', bertLayout(text, vocabularySize)),
    ...prefixed('head.vision.', headLayout(visionShape(vision).globalWidth, headWidth, embeddingWidth)),
    ...prefixed('head.text.', headLayout(text.width, headWidth, embeddingWidth)),
  ];
}

/** The running statistics of the image encoder and both heads: saved with the parameters, never differentiated. */
export function dualEncoderStateLayout({ vision, headWidth, embeddingWidth }: ModelConfig): Layout {
  const state = headStateLayout(headWidth, embeddingWidth);
  return [
    ...prefixed('vision.', imageEncoderStateLayout(vision)),
    ...prefixed('head.vision.', state),
    ...prefixed('head.text.', state),
  ];
}

/** Everything that a model's file holds: parameters, then running statistics. */
export function modelLayout(model: ModelConfig, vocabularySize: number): Layout {
  return [...dualEncoderLayout(model, vocabularySize), ...dualEncoderStateLayout(model)];
}
