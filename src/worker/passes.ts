/** The compiled functions of a step. Each is pure: what varies from step to step is an input. */
import * as tf from '@tensorflow/tfjs-core';
import { hasFusion, partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import { updatedRunningStatistics } from '../encoders/batch-norm.js';
import {
  encodeImages,
  encodeReports,
  type ImageEncoding,
  type ReportEncoding,
  type ReportInputs,
} from '../encoders/dual-encoder.js';
import type { ForwardContext } from '../encoders/forward-context.js';
import type { Differentiable, ForwardResult } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import { knowledgeView } from '../losses/knowledge-view.js';
import { adamw, type AdamWStep } from '../optim/adamw.js';
import { clipScale, globalNorm } from '../optim/clip.js';
import { globalLosses, type GlobalLossInputs } from './global-losses.js';
import type { LossesAndGradients } from './losses-and-gradients.js';
import { microBatchLosses, type MicroBatchLossInputs } from './micro-batch-losses.js';
import type { EncoderInputs } from './micro-batch-tensors.js';

/** The two encoders with their heads. */
export const MODALITIES = ['text', 'vision'] as const;
export type Modality = (typeof MODALITIES)[number];

/** Extras of an encoder's pass that are attention, not statistics. */
export const ATTENTION = { text: 'wordWeights', vision: 'patchWeights' } as const;

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
  /** Of the global batch. */
  globalLosses: (inputs: GlobalLossInputs) => Promise<LossesAndGradients>;
  /** Of a micro-batch; where any loss of that kind is in use. */
  microBatchLosses: (inputs: MicroBatchLossInputs) => Promise<LossesAndGradients>;
  norm: (gradients: tf.NamedTensorMap) => Promise<tf.Tensor>;
  update: (inputs: UpdateInputs) => Promise<UpdateResult>;
  /** `sums` over the `count` micro-batches of the step. */
  statistics: (inputs: StatisticsInputs) => Promise<tf.NamedTensorMap>;
}

export function createPasses(engine: Engine, config: Config): Passes {
  // What is frozen comes as an input, so that nothing is differentiated with respect to it.
  const context = ({ seed, ...given }: EncoderInputs): ForwardContext => {
    return { config, training: true, seed, frozenState: given };
  };
  const text = engine.differentiable<EncoderInputs>('text', (trained, given) => {
    const reports = given as unknown as ReportInputs;
    const encoding = encodeReports({ ...given, ...trained }, reports, context(given));
    return reportOutputs(encoding, reports.conceptShares, config);
  });
  const vision = engine.differentiable<EncoderInputs>('vision', (trained, given) =>
    imageOutputs(encodeImages({ ...given, ...trained }, given['images'] as tf.Tensor3D, context(given)), config),
  );
  return {
    encoders: { text, vision },
    globalLosses: engine.compile('global_losses', (inputs: GlobalLossInputs) => globalLosses(inputs, config)),
    microBatchLosses: engine.compile('micro_batch_losses', (inputs: MicroBatchLossInputs) =>
      microBatchLosses(inputs, config),
    ),
    norm: engine.compile('norm', (gradients: tf.NamedTensorMap) => globalNorm(gradients) as tf.Tensor, 'executor'),
    update: engine.compile('update', (inputs: UpdateInputs) => update(inputs, config.optimizer), 'executor'),
    statistics: engine.compile('statistics', updateStatistics, 'executor'),
  };
}

/** Outputs by the names under which embeddings are gathered and the losses of the micro-batch read features. */
function reportOutputs(encoding: ReportEncoding, shares: tf.Tensor2D | undefined, config: Config): ForwardResult {
  const {
    embedding: text,
    divergent,
    local: words,
    wordWeights,
    concepts,
    conceptMean,
    statistics,
    features,
  } = encoding;
  const parts = partsOf(config);
  const outputs = {
    ...{ text, ...(divergent && { text_divergent: divergent }) },
    ...(parts.prototypes && conceptMean && { knowledge: knowledgeView(text, conceptMean, tf.sum(shares!, 1)) }),
    ...(parts.local && { words: words! }),
    ...(parts.local && concepts && { concepts }),
    ...(hasFusion(parts) && { hidden: features.local }),
  };
  return { outputs, extras: { ...statistics, ...(parts.local && { [ATTENTION.text]: wordWeights! }) } };
}

function imageOutputs(encoding: ImageEncoding, config: Config): ForwardResult {
  const { embedding: vision, divergent, local: patches, tokens, statistics, features } = encoding;
  const { local } = partsOf(config);
  const outputs = {
    ...{ vision, ...(divergent && { vision_divergent: divergent }) },
    ...{ ...(local && { patches: patches! }), ...(tokens && { tokens }) },
  };
  return { outputs, extras: { ...statistics, ...(local && { [ATTENTION.vision]: features.patchWeights }) } };
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
