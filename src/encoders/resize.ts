/**
 * Bilinear resizing with aligned corners, as torch.nn.functional.interpolate(align_corners=True): the centres of the corner
 * pixels stay where they are. Interpolating is linear in each direction, so it is two matrix products with a constant: XLA's
 * own way is a convolution with kernels of hundreds of pixels.
 */
import * as tf from '@tensorflow/tfjs-core';

/** @param images square, [m, C, S, S]. Returns [m, C, side, side]. */
export function resizeBilinear(images: tf.Tensor4D, side: number): tf.Tensor4D {
  const [count, channels, from] = images.shape;
  if (from === side) return images;
  const weights = tf.tensor2d(interpolation(from, side), [side, from]);
  const alongLastAxis = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(x, [-1, from]), weights, false, true);
  const swap = (x: tf.Tensor, height: number): tf.Tensor =>
    tf.transpose(tf.reshape(x, [count * channels, height, side]), [0, 2, 1]);
  const wide = swap(alongLastAxis(images), from);
  return tf.reshape(swap(alongLastAxis(wide), side), [count, channels, side, side]);
}

/** Share of each of `from` pixels in each of `to`, row by row. */
function interpolation(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  const scale = to > 1 ? (from - 1) / (to - 1) : 0;
  for (let row = 0; row < to; row++) {
    const position = row * scale;
    const lower = Math.min(Math.floor(position), from - 1);
    const upper = Math.min(lower + 1, from - 1);
    weights[row * from + lower] += 1 - (position - lower);
    weights[row * from + upper] += position - lower;
  }
  return weights;
}
