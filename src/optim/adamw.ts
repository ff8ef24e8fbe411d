/**
 * AdamW with decoupled weight decay, as torch.optim.AdamW computes it: every parameter decays, also biases and norms.
 * https://arxiv.org/abs/1711.05101
 */
import * as tf from '@tensorflow/tfjs-core';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
}

/** What changes from step to step: inputs of the compiled update, or they would be frozen into it. */
export interface AdamWStep {
  learningRate: tf.Scalar;
  /** 1 - beta1^t of `biasCorrections`. */
  firstCorrection: tf.Scalar;
  /** 1 - beta2^t of `biasCorrections`. */
  secondCorrection: tf.Scalar;
}

/** Parameters with their moments, by the same names. */
export interface AdamWState {
  parameters: tf.NamedTensorMap;
  /** Running mean of the gradient; zeros before the first step. */
  first: tf.NamedTensorMap;
  /** Running mean of the squared gradient; zeros before the first step. */
  second: tf.NamedTensorMap;
}

/**
 * What the moments of step t fall short of, having started from zero.
 *
 * @param step counts from 0
 */
export function biasCorrections(step: number, { beta1, beta2 }: Pick<AdamWOptions, 'beta1' | 'beta2'>) {
  return { first: 1 - beta1 ** (step + 1), second: 1 - beta2 ** (step + 1) };
}

/** The state after one update by `gradients` (by the same names as the parameters). */
export function adamw(
  state: AdamWState,
  gradients: tf.NamedTensorMap,
  step: AdamWStep,
  options: AdamWOptions,
): AdamWState {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const keep = tf.sub(1, tf.mul(step.learningRate, weightDecay));
  const rate = tf.div(step.learningRate, step.firstCorrection);
  const scale = tf.rsqrt(step.secondCorrection);
  const next: AdamWState = { parameters: {}, first: {}, second: {} };
  for (const [name, parameter] of Object.entries(state.parameters)) {
    const gradient = gradients[name];
    const first = tf.add(tf.mul(state.first[name], beta1), tf.mul(gradient, 1 - beta1));
    const second = tf.add(tf.mul(state.second[name], beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const update = tf.div(first, tf.add(tf.mul(tf.sqrt(second), scale), epsilon));
    next.parameters[name] = tf.sub(tf.mul(parameter, keep), tf.mul(update, rate));
    next.first[name] = first;
    next.second[name] = second;
  }
  return next;
}
