/** The compiled functions of a step. Each is pure: what varies from step to step is an input. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { encodeImages, encodeReports, type Encoding } from '../encoders/dual-encoder.js';
import { updatedRunningStatistics } from '../encoders/batch-norm.js';
import type { Differentiable, ForwardResult } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import { globalContrast } from '../losses/global-contrast.js';
import { adamw, type AdamWStep } from '../optim/adamw.js';
import { clipScale, globalNorm } from '../optim/clip.js';

/** The two encoders with their heads. Gathered embeddings and gradients go by these names. */
export const MODALITIES = ['text', 'vision'] as const;
export type Modality = (typeof MODALITIES)[number];

/** A micro-batch as tensors: images [m, S, S] or piece ids and mask [m, L], and the seed of its dropout, int32 [2]. */
export interface EncoderInputs {
  [key: string]: tf.Tensor;
  seed: tf.Tensor1D;
}

export interface LossResult {
  [key: string]: tf.Tensor;
  loss: tf.Tensor;
  /** Gradients of the loss with respect to all embeddings, [B, d]. */
  vision: tf.Tensor;
  text: tf.Tensor;
}

/** Parameters of one part with their moments, as AdamW updates them. */
export interface UpdateInputs {
  [key: string]: tf.NamedTensorMap | tf.Tensor;
  parameters: tf.NamedTensorMap;
  first: tf.NamedTensorMap;
  second: tf.NamedTensorMap;
  gradients: tf.NamedTensorMap;
  norm: tf.Scalar;
  learningRate: tf.Scalar;
  firstCorrection: tf.Scalar;
  secondCorrection: tf.Scalar;
}

export interface UpdateResult {
  [key: string]: tf.NamedTensorMap;
  parameters: tf.NamedTensorMap;
  first: tf.NamedTensorMap;
  second: tf.NamedTensorMap;
}

export interface Passes {
  encoders: Record<Modality, Differentiable<EncoderInputs>>;
  /** Embeddings [B, d] of the global batch -> loss and its gradients. */
  loss(embeddings: { vision: tf.Tensor; text: tf.Tensor }): Promise<LossResult>;
  norm(gradients: tf.NamedTensorMap): Promise<tf.Tensor>;
  update(inputs: UpdateInputs): Promise<UpdateResult>;
  /** `sums` over the `count` micro-batches of the step. */
  statistics(inputs: StatisticsInputs): Promise<tf.NamedTensorMap>;
}

/** The parameters that a modality's encoder and head read. */
export function parametersOf(modality: Modality, parameters: tf.NamedTensorMap): tf.NamedTensorMap {
  const own = Object.entries(parameters).filter(([name]) => modalityOf(name) === modality);
  return Object.fromEntries(own);
}

/** `vision.blocks.0...` and `head.vision.0...` belong to vision. */
export function modalityOf(parameterName: string): Modality {
  return /^(head\.)?vision\./.test(parameterName) ? 'vision' : 'text';
}

export function createPasses(engine: Engine, config: Config): Passes {
  const { model, optimizer } = config;
  const forward = <F>({ embedding, statistics }: Encoding<F>): ForwardResult => ({
    outputs: { embedding },
    extras: statistics,
  });
  const text = engine.differentiable<EncoderInputs>('text', (parameters, { pieceIds, pieceMask, seed }) =>
    forward(
      encodeReports(parameters, pieceIds as tf.Tensor2D, pieceMask as tf.Tensor2D, { model, training: true, seed }),
    ),
  );
  const vision = engine.differentiable<EncoderInputs>('vision', (parameters, { images, seed }) =>
    forward(encodeImages(parameters, images as tf.Tensor3D, { model, training: true, seed })),
  );
  return {
    encoders: { text, vision },
    loss: engine.compile('loss', ({ vision: images, text: reports }) => lossAndGradients(images, reports, config)),
    norm: engine.compile('norm', (gradients: tf.NamedTensorMap) => globalNorm(gradients) as tf.Tensor, 'executor'),
    update: engine.compile('update', (inputs: UpdateInputs) => update(inputs, optimizer), 'executor'),
    statistics: engine.compile('statistics', updateStatistics, 'executor'),
  };
}

function lossAndGradients(images: tf.Tensor, reports: tf.Tensor, { loss }: Config): LossResult {
  const contrast = (v: tf.Tensor, t: tf.Tensor): tf.Scalar =>
    globalContrast(v as tf.Tensor2D, t as tf.Tensor2D, { temperature: loss.global.temperature });
  const { value, grads } = tf.valueAndGrads(contrast)([images, reports]);
  return { loss: value, vision: grads[0], text: grads[1] };
}

function update(inputs: UpdateInputs, options: Config['optimizer']): UpdateResult {
  const { gradients, norm } = inputs;
  const scale = options.clipNorm === 0 ? tf.scalar(1) : clipScale(norm, options.clipNorm);
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)] as const);
  const step: AdamWStep = inputs;
  return { ...adamw(inputs, Object.fromEntries(clipped), step, options) };
}

interface StatisticsInputs {
  [key: string]: tf.NamedTensorMap | tf.Tensor;
  running: tf.NamedTensorMap;
  sums: tf.NamedTensorMap;
  count: tf.Scalar;
}

function updateStatistics({ running, sums, count }: StatisticsInputs): tf.NamedTensorMap {
  const means = Object.entries(sums).map(([name, sum]) => [name, tf.div(sum, count)] as const);
  return updatedRunningStatistics(running, Object.fromEntries(means));
}
