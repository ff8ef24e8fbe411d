/** The image encoder of the configuration: a ViT or a ResNet, behind one interface. */
import type * as tf from '@tensorflow/tfjs-core';
import type { VisionConfig } from '../config/schema.js';
import type { NormSource } from './batch-norm.js';
import type { Dropout } from './dropout.js';
import type { ImageFeatures } from './image-features.js';
import type { Parameters } from './layers.js';
import type { Layout } from './layout.js';
import { resnet } from './resnet.js';
import { resnetLayout, resnetStateLayout } from './resnet-layout.js';
import { vit, vitLayout } from './vit.js';

export interface VisionContext {
  /** For a ViT. */
  dropout: Dropout;
  /** For a ResNet. */
  source: NormSource;
}

export interface VisionOutput extends ImageFeatures {
  /** BatchNorm's statistics of the micro-batch by the names of `imageEncoderStateLayout`; none by running statistics. */
  statistics: tf.NamedTensorMap;
}

/** @param images [m, 3, S, S], normalised; or [m, 1, S, S], which stands for three equal channels */
export function encodeVision(
  parameters: Parameters,
  images: tf.Tensor4D,
  config: VisionConfig,
  { dropout, source }: VisionContext,
): VisionOutput {
  if (config.architecture === 'resnet') return resnet(parameters, images, config, source);
  return { ...vit(parameters, images, config, dropout), statistics: {} };
}

export function imageEncoderLayout(config: VisionConfig): Layout {
  return config.architecture === 'resnet' ? resnetLayout(config) : vitLayout(config);
}

/** The running statistics: state that no gradient reaches. */
export function imageEncoderStateLayout(config: VisionConfig): Layout {
  return config.architecture === 'resnet' ? resnetStateLayout(config) : [];
}
