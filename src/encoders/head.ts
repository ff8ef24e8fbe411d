/**
 * The global projection head: Linear - BatchNorm - ReLU - Linear - BatchNorm without affine (method.md, MGCA's
 * GlobalEmbedding), numbered as torch.nn.Sequential numbers them.
 *
 * The linear layers have no bias: the BatchNorm behind each takes it away again. Its gradient would be zero but for rounding,
 * which Adam would scale up to whole steps that depend on the order of additions.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, runningStatisticsLayout, type NormSource } from './batch-norm.js';
import { linear, type Parameters } from './layers.js';
import { normLayout, torchInitial, type Layout } from './layout.js';

/** Positions of the two BatchNorms within the head. */
const NORMS = [1, 4] as const;

export interface HeadOutput {
  /** [m, embedding width], not normalised. */
  projected: tf.Tensor2D;
  /** Mean and unbiased variance of the micro-batch under the names of the running statistics; none in evaluation. */
  statistics: tf.NamedTensorMap;
}

/** @param x global features of a micro-batch, [m, width]; m > 1 where statistics come from the batch */
export function globalHead(parameters: Parameters, x: tf.Tensor2D, source: NormSource): HeadOutput {
  const hidden = batchNorm(linear(x, parameters('0.weight')), String(NORMS[0]), source);
  const scaled = tf.add(tf.mul(hidden.normalised, parameters('1.weight')), parameters('1.bias'));
  const output = batchNorm(linear(tf.relu(scaled), parameters('3.weight')), String(NORMS[1]), source);
  return { projected: output.normalised, statistics: { ...hidden.statistics, ...output.statistics } };
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
  return NORMS.flatMap((position, i) => runningStatisticsLayout(String(position), widths[i]));
}
