/** Leaves entries out of a softmax whose shape is static. */
import * as tf from '@tensorflow/tfjs-core';

/** Far below every logit, and still finite in float32: exp of it is 0, and 0 times it is 0. */
const EXCLUDED = -1e9;

/** Logits that have no share in a softmax where `excluded` (0 or 1, broadcast to the logits) is 1. */
export function exclude<T extends tf.Tensor>(logits: T, excluded: tf.Tensor): T {
  return tf.add(logits, tf.mul(excluded, EXCLUDED));
}
