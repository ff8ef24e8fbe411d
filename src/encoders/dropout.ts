/**
 * Dropout whose masks are a function of a seed: each place where a forward pass drops has its own number, by order of call,
 * so encoding the same micro-batch again (gradient cache) drops the same elements.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../engine/random.js';

/** Zeroes a share of the elements of x and scales the others up; keeps the shape. */
export type Dropout = (x: tf.Tensor) => tf.Tensor;

/** Dropout does nothing in evaluation. */
export const noDropout: Dropout = (x) => x;

/**
 * @param seed int32 [2], different for each step and micro-batch
 * @param rate share of the elements that are dropped
 * @param stream separates uses of one seed, e.g. images from reports
 */
export function dropoutSource(seed: tf.Tensor1D, rate: number, stream: number): Dropout {
  let calls = 0;
  if (rate === 0) return noDropout;
  return (x) => dropout(x, rate, tf.add(seed, tf.tensor1d([stream, calls++], 'int32')));
}
