/**
 * The layers that the encoders share, as pure tfjs functions in PyTorch's layouts and numerics.
 * Tokens of a micro-batch travel as rows, [n, width] with n = m * T: a two-dimensional matMul is the fast one, and the one
 * that has a gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MlipError } from '../core/errors.js';
import { stopGradient, withGradient } from '../engine/gradient.js';

/** Reads the parameters of one module by the names of its own layout. */
export type Parameters = (name: string) => tf.Tensor;

/**
 * The parameters under a prefix, e.g. `scoped(all, 'vision.')('cls_token')`.
 *
 * @param constants names (without the prefix) that get no gradient
 */
export function scoped(parameters: tf.NamedTensorMap, prefix: string, constants: readonly string[] = []): Parameters {
  return (name) => {
    const found = parameters[prefix + name];
    if (found === undefined) throw new MlipError('MLIP_E_INTERNAL', `there is no parameter ${prefix}${name}`);
    return constants.includes(name) ? stopGradient(found) : found;
  };
}

/** x W^T + b, as torch.nn.Linear: x [n, in], weight [out, in], bias [out]. Returns [n, out]. */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const product = tf.matMul<tf.Tensor2D>(x, weight, false, true);
  return bias === undefined ? product : tf.add(product, bias);
}

/** The linear layer `name.weight`, `name.bias`. */
export function linearLayer(parameters: Parameters, name: string, x: tf.Tensor): tf.Tensor2D {
  return linear(x, parameters(`${name}.weight`), parameters(`${name}.bias`));
}

/**
 * (x - mean) / sqrt(variance + epsilon) along one axis of x [n, width], the variance being the biased one.
 * The gradient is written out: tfjs' own goes through twenty operations, this one through eight.
 *
 * @param weights of the rows or columns in mean and variance, broadcast to x and summing to 1; all alike if not given
 */
export function standardize(x: tf.Tensor, axis: 0 | 1, epsilon: number, weights?: tf.Tensor): tf.Tensor2D {
  const sum = (y: tf.Tensor): tf.Tensor => tf.sum(y, axis, true);
  const mean = (y: tf.Tensor): tf.Tensor => (weights === undefined ? tf.mean(y, axis, true) : sum(tf.mul(y, weights)));
  return withGradient(x, (input, save) => {
    const centred = tf.sub(input, mean(input));
    const scale = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon));
    const value = tf.mul(centred, scale);
    save(weights === undefined ? [value, scale] : [value, scale, weights]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [y, s, share]: tf.Tensor[]) => {
        const common = tf.add(sum(dy), tf.mul(y, sum(tf.mul(dy, y))));
        return tf.mul(tf.sub(dy, tf.mul(common, weights === undefined ? 1 / x.shape[axis]! : share)), s);
      },
    };
  }) as tf.Tensor2D;
}

/** Layer normalisation over the width of x [n, width] with `name.weight`, `name.bias`. */
export function layerNorm(parameters: Parameters, name: string, x: tf.Tensor, epsilon: number): tf.Tensor2D {
  return tf.add(tf.mul(standardize(x, 1, epsilon), parameters(`${name}.weight`)), parameters(`${name}.bias`));
}

/**
 * x Phi(x), Phi being the normal distribution function (the exact GELU, not the tanh one). Phi is kept for the gradient: to
 * compute it again would save a twentieth of a step's memory and cost as much time.
 */
export function gelu(x: tf.Tensor): tf.Tensor2D {
  return withGradient(x, (input, save) => {
    const cdf = normalCdf(input);
    save([input, cdf]);
    return {
      value: tf.mul(input, cdf),
      gradFunc: (dy: tf.Tensor, [y, kept]: tf.Tensor[]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(y), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(kept, tf.mul(y, density)));
      },
    };
  }) as tf.Tensor2D;
}

function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}
