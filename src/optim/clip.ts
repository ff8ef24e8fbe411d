/** Clipping of gradients by their global norm, as torch.nn.utils.clip_grad_norm_: measure, then multiply. */
import * as tf from '@tensorflow/tfjs-core';

/** Keeps the scale finite where all gradients are zero; torch's constant. */
const EPSILON = 1e-6;

/** Euclidean norm over all tensors together. */
export function globalNorm(gradients: tf.NamedTensorMap): tf.Scalar {
  return tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)))));
}

/** What gradients of norm `norm` are multiplied with so that it becomes `maxNorm` at most. */
export function clipScale(norm: tf.Scalar, maxNorm: number): tf.Scalar {
  return tf.minimum(tf.div(maxNorm, tf.add(norm, EPSILON)), 1);
}
