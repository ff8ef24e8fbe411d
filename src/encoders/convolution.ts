/**
 * Convolution and pooling with PyTorch's numerics: kernels in its layout (OIHW), odd, padded by half their size on every
 * side. Maps are NHWC, the only layout that TensorFlow convolves on a CPU.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../engine/gradient.js';
import { linear } from './layers.js';

/** @param x [m, H, W, in]; @param kernel [out, in, k, k]. Returns [m, H', W', out]. */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor, stride: 1 | 2): tf.Tensor4D {
  const side = kernel.shape[3]!;
  if (side === 1) return pointwise(stride === 1 ? x : everySecond(x), kernel);
  const weight = tf.transpose<tf.Tensor4D>(kernel as tf.Tensor4D, [2, 3, 1, 0]);
  // TensorFlow's own padding is even only where nothing is skipped.
  return stride === 1 ? tf.conv2d(x, weight, 1, 'same') : tf.conv2d(padded(x, (side - 1) / 2), weight, stride, 'valid');
}

/** A convolution of one pixel is a linear layer. */
function pointwise(x: tf.Tensor4D, kernel: tf.Tensor): tf.Tensor4D {
  const [count, height, width, inputs] = x.shape;
  const outputs = kernel.shape[0];
  const rows = linear(tf.reshape(x, [-1, inputs]), tf.reshape(kernel, [outputs, inputs]));
  return tf.reshape(rows, [count, height, width, outputs]);
}

/** Every second row and column, from the first: pooling over one pixel, since a strided slice has no gradient in tfjs. */
function everySecond(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 1, 2, 'valid');
}

function padded(x: tf.Tensor4D, by: number): tf.Tensor4D {
  return tf.pad(x, [[0, 0], [by, by], [by, by], [0, 0]]); // prettier-ignore
}

/** Maxima of 3x3 at stride 2. Padding is with zeros, so x must not be negative: what relu returns. */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.maxPool(padded(x, 1), 3, 2, 'valid');
}

/** max(x, 0). Keeps its result for the gradient, as the next layer does, where tfjs would keep x besides. */
export function relu(x: tf.Tensor): tf.Tensor {
  return withGradient(x, (input, save) => {
    const value = tf.relu(input);
    save([value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [y]: tf.Tensor[]) => tf.mul(dy, tf.cast(tf.greater(y, 0), 'float32')),
    };
  });
}
