/**
 * Vision transformer in timm's layout (VisionTransformer, as DeiT's checkpoints name it): pre-norm blocks, a CLS token and a
 * learned position table. https://arxiv.org/abs/2010.11929
 */
import * as tf from '@tensorflow/tfjs-core';
import type { VisionConfig } from '../config/schema.js';
import { attentionOfFirst, firstTokens } from './attention.js';
import { noDropout, type Dropout } from './dropout.js';
import type { ImageFeatures } from './image-features.js';
import { layerNorm, linear, type Parameters } from './layers.js';
import { normLayout, prefixed, torchInitial, transformerInitial, type Layout } from './layout.js';
import { CHANNELS } from './vision-shape.js';
import { VIT_EPSILON, vitBlock, vitBlockLayout } from './vit-block.js';

/**
 * @param images [m, 3, S, S], normalised; or [m, 1, S, S], which stands for three equal channels
 * @param dropout applied to what the attention and feed-forward layers add
 */
export function vit(
  parameters: Parameters,
  images: tf.Tensor4D,
  config: VisionConfig,
  dropout: Dropout,
): ImageFeatures {
  const sequences = images.shape[0];
  const { width, layers } = config;
  let x = embed(parameters, images, config);
  let probabilities: tf.Tensor4D | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const own: Parameters = (name) => parameters(`blocks.${layer}.${name}`);
    ({ x, probabilities } = vitBlock(own, x, { sequences, heads: config.heads, attentionDropout: noDropout, dropout }));
  }
  const rows = layerNorm(parameters, 'norm', x, VIT_EPSILON);
  const tokens = tf.reshape<tf.Rank.R3>(rows, [sequences, -1, width]);
  const patches = tokens.shape[1] - 1;
  return {
    global: firstTokens(rows, sequences),
    local: tf.slice(tokens, [0, 1, 0], [sequences, patches, width]),
    patchWeights: tf.slice(attentionOfFirst(probabilities!), [0, 1], [sequences, patches]),
  };
}

/** Patches through the convolution of stride = kernel (a matrix product), CLS before them, positions added: [m * T, width]. */
function embed(parameters: Parameters, images: tf.Tensor4D, { patchSize, width }: VisionConfig): tf.Tensor {
  const [sequences, channels, side] = images.shape;
  const grid = side / patchSize;
  const cut = tf.reshape(images, [sequences, channels, grid, patchSize, grid, patchSize]);
  const pixels = tf.reshape(tf.transpose(cut, [0, 2, 4, 1, 3, 5]), [sequences * grid * grid, -1]);
  const kernel = parameters('patch_embed.proj.weight');
  // A grey image repeated in every channel meets the sum of the channels' kernels.
  const weight = channels === CHANNELS ? kernel : tf.sum(kernel, 1);
  const patches = linear(pixels, tf.reshape(weight, [width, -1]), parameters('patch_embed.proj.bias'));
  const cls = tf.add(parameters('cls_token'), tf.zeros([sequences, 1, width]));
  const tokens = tf.concat([cls, tf.reshape(patches, [sequences, grid * grid, width])], 1);
  return tf.reshape(tf.add(tokens, parameters('pos_embed')), [-1, width]);
}

/** Parameters of a vision transformer; initial values as timm's. */
export function vitLayout({ imageSize, patchSize, width, layers, mlpWidth }: VisionConfig): Layout {
  const fanIn = CHANNELS * patchSize ** 2;
  const tokens = 1 + (imageSize / patchSize) ** 2;
  return [
    { name: 'cls_token', shape: [1, 1, width], initial: { kind: 'normal', deviation: 1e-6 } },
    { name: 'pos_embed', shape: [1, tokens, width], initial: transformerInitial },
    { name: 'patch_embed.proj.weight', shape: [width, CHANNELS, patchSize, patchSize], initial: torchInitial(fanIn) },
    { name: 'patch_embed.proj.bias', shape: [width], initial: torchInitial(fanIn) },
    ...Array.from({ length: layers }, (_, i) => prefixed(`blocks.${i}.`, vitBlockLayout(width, mlpWidth))).flat(),
    ...normLayout('norm', width),
  ];
}
