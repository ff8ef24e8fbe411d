/** Sums losses by their weights and differentiates the sum, keeping the value of each loss for its curve. */
import * as tf from '@tensorflow/tfjs-core';

export interface LossesAndGradients {
  [key: string]: tf.NamedTensorMap;
  /** Scalars: `loss`, the weighted sum, and each loss by its name in metrics.jsonl. */
  losses: tf.NamedTensorMap;
  /** Of `loss`, by the names of what it is differentiated with respect to. */
  gradients: tf.NamedTensorMap;
}

interface WeightedLoss {
  value: tf.Scalar;
  /** 0 for what is shown beside a loss that it is a part of. */
  weight: number;
}

export type WeightedLosses = Record<string, WeightedLoss>;

/** The weighted sum of losses, each loss, and the gradients of the sum with respect to each of `variables`. */
export function lossesAndGradients(
  variables: tf.NamedTensorMap,
  compute: (given: tf.NamedTensorMap) => WeightedLosses,
): LossesAndGradients {
  const names = Object.keys(variables);
  const losses: tf.NamedTensorMap = {};
  const sum = (...values: tf.Tensor[]): tf.Scalar => {
    const found = compute(Object.fromEntries(names.map((name, i) => [name, values[i]])));
    // tfjs disposes of what is made inside a gradient's function unless it is kept.
    for (const [name, { value }] of Object.entries(found)) losses[name] = tf.keep(tf.clone(value));
    const terms = Object.values(found).filter(({ weight }) => weight > 0);
    return tf.addN([untouched(values), ...terms.map(({ value, weight }) => tf.mul<tf.Scalar>(value, weight))]);
  };
  const { value, grads } = tf.valueAndGrads(sum)(Object.values(variables));
  return {
    losses: { loss: value, ...losses },
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])),
  };
}

/** 0, as a function of everything: tfjs refuses to differentiate with respect to what a function does not read. */
function untouched(values: readonly tf.Tensor[]): tf.Scalar {
  return tf.mul(tf.addN(values.map((value) => tf.sum(value))), 0);
}
