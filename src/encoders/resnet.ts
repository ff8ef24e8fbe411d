/**
 * ResNet of bottleneck blocks in torchvision's layout (ResNet-50 and its kin), stride in the 3x3 convolutions as there.
 * https://arxiv.org/abs/1512.03385
 */
import * as tf from '@tensorflow/tfjs-core';
import type { VisionConfig } from '../config/schema.js';
import { batchNorm, type NormSource } from './batch-norm.js';
import { convolve, maxPool, relu } from './convolution.js';
import type { ImageFeatures } from './image-features.js';
import type { Parameters } from './layers.js';
import { resizeBilinear } from './resize.js';
import { CHANNELS, inputSide, LOCAL_STAGE } from './vision-shape.js';

export interface ResnetOutput extends ImageFeatures {
  /** BatchNorm's statistics of the micro-batch by the names of `resnetStateLayout`; none by running statistics. */
  statistics: tf.NamedTensorMap;
}

/** What the layers of one pass share. */
interface Pass {
  parameters: Parameters;
  source: NormSource;
  /** Each BatchNorm adds its own. */
  statistics: tf.NamedTensorMap;
}

/** @param images [m, 3, S, S], normalised; or [m, 1, S, S], which stands for three equal channels */
export function resnet(
  parameters: Parameters,
  images: tf.Tensor4D,
  config: VisionConfig,
  source: NormSource,
): ResnetOutput {
  const pass: Pass = { parameters, source, statistics: {} };
  let x = stem(pass, resizeBilinear(images, inputSide(config)));
  const maps = config.stages.map((blocks, index) => (x = stage(pass, index, blocks, x)));
  const local = positions(maps[LOCAL_STAGE]);
  const [count, length] = local.shape;
  return {
    global: tf.mean(positions(x), 1),
    local,
    patchWeights: tf.fill([count, length], 1 / length),
    statistics: pass.statistics,
  };
}

/** [m, H, W, C] -> [m, H * W, C] */
function positions(map: tf.Tensor4D): tf.Tensor3D {
  const [count, height, width, channels] = map.shape;
  return tf.reshape(map, [count, height * width, channels]);
}

function stem(pass: Pass, images: tf.Tensor4D): tf.Tensor4D {
  const kernel = pass.parameters('conv1.weight');
  // A grey image repeated in every channel meets the sum of the channels' kernels.
  const weight = images.shape[1] === CHANNELS ? kernel : tf.sum(kernel, 1, true);
  const x = convolve(tf.transpose(images, [0, 2, 3, 1]), weight, 2);
  return maxPool(relu(normalise(pass, 'bn1', x)) as tf.Tensor4D);
}

function stage(pass: Pass, index: number, blocks: number, input: tf.Tensor4D): tf.Tensor4D {
  let x = input;
  for (let i = 0; i < blocks; i++) {
    const first = i === 0;
    x = bottleneck(pass, `layer${index + 1}.${i}`, x, { stride: first && index > 0 ? 2 : 1, downsample: first });
  }
  return x;
}

/** 1x1, 3x3 and 1x1 convolutions beside the input itself, or beside what a strided 1x1 convolution makes of it. */
function bottleneck(
  pass: Pass,
  name: string,
  input: tf.Tensor4D,
  { stride, downsample }: { stride: 1 | 2; downsample: boolean },
): tf.Tensor4D {
  const layer = (x: tf.Tensor4D, convolution: string, norm: string, by: 1 | 2 = 1): tf.Tensor4D =>
    normalise(pass, `${name}.${norm}`, convolve(x, pass.parameters(`${name}.${convolution}.weight`), by));
  const narrow = relu(layer(input, 'conv1', 'bn1')) as tf.Tensor4D;
  const seen = relu(layer(narrow, 'conv2', 'bn2', stride)) as tf.Tensor4D;
  const wide = layer(seen, 'conv3', 'bn3');
  const beside = downsample ? layer(input, 'downsample.0', 'downsample.1', stride) : input;
  return relu(tf.add(wide, beside)) as tf.Tensor4D;
}

/** BatchNorm over all positions of all images of the micro-batch. */
function normalise({ parameters, source, statistics }: Pass, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const rows = tf.reshape<tf.Rank.R2>(x, [-1, x.shape[3]]);
  const norm = batchNorm(rows, name, source);
  Object.assign(statistics, norm.statistics);
  const scaled = tf.add(tf.mul(norm.normalised, parameters(`${name}.weight`)), parameters(`${name}.bias`));
  return tf.reshape(scaled, x.shape);
}
