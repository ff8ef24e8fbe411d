/**
 * The global projection head: Linear - BatchNorm - ReLU - Linear - BatchNorm without affine (method.md, MGCA's
 * GlobalEmbedding), numbered as torch.nn.Sequential numbers them.
 *
 * The linear layers have no bias: the BatchNorm behind each takes it away again. Its gradient would be zero but for rounding,
 * which Adam would scale up to whole steps that depend on the order of additions.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MlipError } from '../core/errors.js';
import { linear, standardize, type Parameters } from './layers.js';
import { normLayout, ones, torchInitial, zeros, type Layout } from './layout.js';

const EPSILON = 1e-5;
/** Share of a step's statistics in the running ones, as torch.nn.BatchNorm1d. */
const MOMENTUM = 0.1;
/** Positions of the two BatchNorms within the head. */
const NORMS = [1, 4] as const;

/** Where BatchNorm takes mean and variance from: the micro-batch, or the running statistics (evaluation). */
export type NormSource = { kind: 'batch' } | { kind: 'running'; state: Parameters };

export interface HeadOutput {
  /** [m, embedding width], not normalised. */
  projected: tf.Tensor2D;
  /** Mean and unbiased variance of the micro-batch under the names of the running statistics; none in evaluation. */
  statistics: tf.NamedTensorMap;
}

/** @param x global features of a micro-batch, [m, width]; m > 1 where statistics come from the batch */
export function globalHead(parameters: Parameters, x: tf.Tensor2D, source: NormSource): HeadOutput {
  const hidden = linear(x, parameters('0.weight'));
  const scaled = tf.add(tf.mul(batchNorm(hidden, NORMS[0], source), parameters('1.weight')), parameters('1.bias'));
  const output = linear(tf.relu(scaled), parameters('3.weight'));
  const projected = batchNorm(output, NORMS[1], source);
  if (source.kind === 'running') return { projected, statistics: {} };
  return { projected, statistics: { ...statisticsOf(hidden, NORMS[0]), ...statisticsOf(output, NORMS[1]) } };
}

function batchNorm(x: tf.Tensor2D, position: number, source: NormSource): tf.Tensor2D {
  if (source.kind === 'batch') {
    if (x.shape[0] < 2) throw tooFewRows();
    return standardize(x, 0, EPSILON);
  }
  const variance = source.state(`${position}.running_var`);
  return tf.mul(tf.sub(x, source.state(`${position}.running_mean`)), tf.rsqrt(tf.add(variance, EPSILON)));
}

function tooFewRows(): MlipError {
  return new MlipError('MLIP_E_CONFIG_INVALID', 'a micro-batch of one pair has no variance that BatchNorm could use', {
    where: 'microBatchSize',
    remedy: 'Set microBatchSize to 2 or more.',
  });
}

/** x [m, width] -> mean and unbiased variance, [width] each. */
function statisticsOf(x: tf.Tensor2D, position: number): tf.NamedTensorMap {
  const mean = tf.mean(x, 0);
  const variance = tf.div(tf.sum(tf.square(tf.sub(x, mean)), 0), x.shape[0] - 1);
  return { [`${position}.running_mean`]: mean, [`${position}.running_var`]: variance };
}

/**
 * One update of all running statistics, once a step.
 *
 * @param statistics mean over the step's micro-batches of the statistics that encoding returned, by the same names
 */
export function updatedRunningStatistics(state: tf.NamedTensorMap, statistics: tf.NamedTensorMap): tf.NamedTensorMap {
  const update = (name: string): tf.Tensor =>
    tf.add(tf.mul(state[name], 1 - MOMENTUM), tf.mul(statistics[name], MOMENTUM));
  return Object.fromEntries(Object.keys(state).map((name) => [name, update(name)]));
}

export function headLayout(width: number, hiddenWidth: number, embeddingWidth: number): Layout {
  return [
    { name: '0.weight', shape: [hiddenWidth, width], initial: torchInitial(width) },
    ...normLayout('1', hiddenWidth),
    { name: '3.weight', shape: [embeddingWidth, hiddenWidth], initial: torchInitial(hiddenWidth) },
  ];
}

/** The running statistics: state that no gradient reaches. */
export function headStateLayout(hiddenWidth: number, embeddingWidth: number): Layout {
  const widths = [hiddenWidth, embeddingWidth];
  return NORMS.flatMap((position, i) => [
    { name: `${position}.running_mean`, shape: [widths[i]], initial: zeros },
    { name: `${position}.running_var`, shape: [widths[i]], initial: ones },
  ]);
}
