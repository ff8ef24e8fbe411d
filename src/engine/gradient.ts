/** Functions that bring their own gradient to tfjs' tape. */
import * as tf from '@tensorflow/tfjs-core';

export type OwnGradient = (
  input: tf.Tensor,
  save: tf.GradSaveFunc,
) => { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };

/** Applies a function that brings its own gradient. tfjs types the arguments as one mixed list; this is the only cast. */
export function withGradient(x: tf.Tensor, fn: OwnGradient): tf.Tensor {
  return tf.customGrad((...inputs) => fn(inputs[0] as tf.Tensor, inputs[1] as tf.GradSaveFunc))(x);
}

/** x, as a constant to whoever differentiates. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return withGradient(x, (input) => ({ value: tf.clone(input), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }));
}

/**
 * fn(...inputs), as a constant to whoever differentiates. Nothing inside is recorded, so that it may hold operations
 * without a gradient, and costs no backward pass.
 */
export function withoutGradient<In extends tf.Tensor[], Out extends tf.Tensor>(
  inputs: [...In],
  fn: (...inputs: In) => Out,
): Out {
  const constant = tf.customGrad((...given) => ({
    value: fn(...(given.slice(0, inputs.length) as In)),
    gradFunc: () => inputs.map(({ shape }) => tf.zeros(shape)),
  }));
  return constant(...inputs);
}
