/**
 * The projection heads: Linear - BatchNorm - ReLU - Linear - BatchNorm without affine (method.md, MGCA's GlobalEmbedding and
 * LocalEmbedding), numbered as torch.nn.Sequential numbers them; of a global feature, or of each position of a local one.
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

export interface HeadOutput<Projected extends tf.Tensor> {
  /** [m, embedding width] or [m, T, embedding width], not normalised. */
  projected: Projected;
  /** Mean and unbiased variance of the micro-batch under the names of the running statistics; none in evaluation. */
  statistics: tf.NamedTensorMap;
}

/** @param x global features of a micro-batch, [m, width]; m > 1 where statistics come from the batch */
export function globalHead(parameters: Parameters, x: tf.Tensor2D, source: NormSource): HeadOutput<tf.Tensor2D> {
  return head(parameters, x, source);
}

/**
 * @param x local features of a micro-batch, [m, T, width]
 * @param mask [m, T], 1 for a position and 0 for padding, which enters no statistics; all are positions if not given
 */
export function localHead(
  parameters: Parameters,
  x: tf.Tensor3D,
  source: NormSource,
  mask?: tf.Tensor2D,
): HeadOutput<tf.Tensor3D> {
  const [sequences, length, width] = x.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [sequences * length, width]);
  const weights = mask === undefined ? undefined : tf.reshape<tf.Rank.R2>(tf.cast(mask, 'float32'), [-1, 1]);
  const { projected, statistics } = head(parameters, rows, source, weights);
  return { projected: tf.reshape(projected, [sequences, length, -1]), statistics };
}

/** Rows [n, width], of which those with a 0 in mask [n, 1] enter no statistics. */
function head(parameters: Parameters, x: tf.Tensor2D, source: NormSource, mask?: tf.Tensor2D): HeadOutput<tf.Tensor2D> {
  const hidden = batchNorm(linear(x, parameters('0.weight')), String(NORMS[0]), source, mask);
  const scaled = tf.add(tf.mul(hidden.normalised, parameters('1.weight')), parameters('1.bias'));
  const output = batchNorm(linear(tf.relu(scaled), parameters('3.weight')), String(NORMS[1]), source, mask);
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
