/** Clipping of gradients by their global norm, as torch.nn.utils.clip_grad_norm_. */
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

/** Gradients whose global norm is `maxNorm` at most, and the norm that they had. `maxNorm` 0 does not clip. */
export function clipByGlobalNorm(
  gradients: tf.NamedTensorMap,
  maxNorm: number,
): { gradients: tf.NamedTensorMap; norm: tf.Scalar } {
  const norm = globalNorm(gradients);
  if (maxNorm === 0) return { gradients, norm };
  const scale = clipScale(norm, maxNorm);
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)] as const);
  return { gradients: Object.fromEntries(clipped), norm };
}
