/**
 * What the proxy tasks read from fused features: whether image and report match (ALBEF's itm_head,
 * https://arxiv.org/abs/2107.07651), and which of two pairings is the true one (method.md, text swapping).
 */
import * as tf from '@tensorflow/tfjs-core';
import { gelu, linear, linearLayer, type Parameters } from './layers.js';
import { prefixed, torchInitial, zeros, type Layout } from './layout.js';

/** @param cls fused CLS, [n, width]; returns [n, 2], class 1 being a match */
export function matchingLogits(parameters: Parameters, cls: tf.Tensor2D): tf.Tensor2D {
  return linear(cls, parameters('weight'), parameters('bias'));
}

/**
 * @param first fused CLS of one pairing of each image, [m, width]
 * @param second of another one
 * @returns [m], high where the second is the true one
 */
export function swappingLogits(parameters: Parameters, first: tf.Tensor2D, second: tf.Tensor2D): tf.Tensor1D {
  const hidden = gelu(linearLayer(parameters, '0', tf.concat([first, second], 1)));
  return tf.reshape(linearLayer(parameters, '2', hidden), [-1]);
}

export function matchingLayout(width: number): Layout {
  return unnamedLinear(2, width);
}

export function swappingLayout(width: number): Layout {
  return [...prefixed('0.', unnamedLinear(width, 2 * width)), ...prefixed('2.', unnamedLinear(1, width))];
}

function unnamedLinear(outputs: number, inputs: number): Layout {
  return [
    { name: 'weight', shape: [outputs, inputs], initial: torchInitial(inputs) },
    { name: 'bias', shape: [outputs], initial: zeros },
  ];
}
