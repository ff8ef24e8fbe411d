/**
 * Batch normalisation without the affine part, over the rows of a micro-batch or by running statistics, as
 * torch.nn.BatchNorm1d and 2d (https://arxiv.org/abs/1502.03167). Running statistics take one update a step, from the mean
 * over the step's micro-batches (method.md), so that the worker count changes nothing.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MlipError } from '../core/errors.js';
import { standardize, type Parameters } from './layers.js';
import { ones, zeros, type Layout } from './layout.js';

const EPSILON = 1e-5;
/** Share of a step's statistics in the running ones, as torch.nn.BatchNorm1d. */
const MOMENTUM = 0.1;

/** Where BatchNorm takes mean and variance from: the micro-batch, or the running statistics (evaluation, frozen encoders). */
export type NormSource = { kind: 'batch' } | { kind: 'running'; state: Parameters };

export interface BatchNormOutput {
  /** [n, width] */
  normalised: tf.Tensor2D;
  /** Mean and unbiased variance of the rows under `NAME.running_mean` and `NAME.running_var`; none by running statistics. */
  statistics: tf.NamedTensorMap;
}

/**
 * @param x rows of a micro-batch, [n, width]; two at least where statistics come from the batch
 * @param mask [n, 1], 1 for rows that enter the statistics; all where it is not given
 */
export function batchNorm(x: tf.Tensor2D, name: string, source: NormSource, mask?: tf.Tensor2D): BatchNormOutput {
  if (source.kind === 'running') return { normalised: byRunningStatistics(x, name, source.state), statistics: {} };
  const rows = x.shape[0];
  if (rows < 2) throw tooFewRows();
  const weights = mask === undefined ? undefined : tf.div<tf.Tensor2D>(mask, tf.sum(mask));
  const count = mask === undefined ? tf.scalar(rows) : tf.sum(mask);
  return { normalised: standardize(x, 0, EPSILON, weights), statistics: statisticsOf(x, name, count, weights) };
}

function byRunningStatistics(x: tf.Tensor2D, name: string, state: Parameters): tf.Tensor2D {
  const scale = tf.rsqrt(tf.add(state(`${name}.running_var`), EPSILON));
  return tf.mul(tf.sub(x, state(`${name}.running_mean`)), scale);
}

function tooFewRows(): MlipError {
  return new MlipError('MLIP_E_CONFIG_INVALID', 'a micro-batch of one pair has no variance that BatchNorm could use', {
    where: 'microBatchSize',
    remedy: 'Set microBatchSize to 2 or more.',
  });
}

/** x [n, width] -> mean and unbiased variance, [width] each, of the `count` rows that have a weight. */
function statisticsOf(x: tf.Tensor2D, name: string, count: tf.Tensor, weights?: tf.Tensor2D): tf.NamedTensorMap {
  const meanOf = (y: tf.Tensor): tf.Tensor => (weights === undefined ? tf.mean(y, 0) : tf.sum(tf.mul(y, weights), 0));
  const mean = meanOf(x);
  const biased = meanOf(tf.square(tf.sub(x, mean)));
  const unbiased = tf.mul(biased, tf.div(count, tf.maximum(tf.sub(count, 1), 1)));
  return { [`${name}.running_mean`]: mean, [`${name}.running_var`]: unbiased };
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

/** Running statistics of one BatchNorm: state that no gradient reaches. */
export function runningStatisticsLayout(name: string, width: number): Layout {
  return [
    { name: `${name}.running_mean`, shape: [width], initial: zeros },
    { name: `${name}.running_var`, shape: [width], initial: ones },
  ];
}
