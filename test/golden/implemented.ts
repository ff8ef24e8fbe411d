/** The encoders of the golden cases, and what mlip does not implement yet. */
import * as tf from '@tensorflow/tfjs-core';
import type { TextConfig, VisionConfig } from '../../src/config/schema.js';
import { bert } from '../../src/encoders/bert.js';
import { noDropout } from '../../src/encoders/dropout.js';
import { scoped } from '../../src/encoders/layers.js';
import { resnet } from '../../src/encoders/resnet.js';
import { vit } from '../../src/encoders/vit.js';
import type { EncoderCase } from './cases.js';

type Inputs = tf.NamedTensorMap;

type Configuration = EncoderCase['config'];

/** Outputs by the golden file's names; `inputs` are the weights and what the .io file holds. */
export const ENCODERS: Record<string, (inputs: Inputs, config: Configuration) => tf.NamedTensorMap> = {
  vit: (inputs, config) => {
    const features = vit(scoped(inputs, ''), inputs['image'] as tf.Tensor4D, visionConfig(config), noDropout);
    return { global: features.global, local: features.local, cls_attention: features.patchWeights };
  },
  resnet: (inputs, config) => {
    const images = inputs['image'] as tf.Tensor4D;
    const state = { kind: 'running', state: scoped(inputs, '') } as const;
    const features = resnet(scoped(inputs, ''), images, resnetConfig(config, images.shape[2]), state);
    const [count, positions, width] = features.local.shape;
    const side = Math.sqrt(positions);
    const map = tf.transpose(tf.reshape(features.local, [count, side, side, width]), [0, 3, 1, 2]);
    return { layer3: map, pooled: features.global };
  },
  bert: (inputs, config) => {
    const ids = tf.cast(inputs['input_ids'] as tf.Tensor2D, 'int32');
    const mask = inputs['attention_mask'] as tf.Tensor2D;
    const features = bert(scoped(inputs, ''), ids, mask, textConfig(config), noDropout);
    return { last_hidden_state: features.local, global: features.global, cls_attention: features.pieceWeights };
  },
};

function visionConfig(timm: Configuration): VisionConfig {
  const width = Number(timm['embed_dim']);
  return {
    architecture: 'vit',
    imageSize: Number(timm['img_size']),
    inputSize: 0,
    patchSize: Number(timm['patch_size']),
    width,
    layers: Number(timm['depth']),
    stages: [],
    heads: Number(timm['num_heads']),
    mlpWidth: 4 * width,
    dropout: 0,
    frozen: false,
  };
}

function resnetConfig(torchvision: Configuration, imageSize: number): VisionConfig {
  return {
    ...{
      architecture: 'resnet',
      imageSize,
      inputSize: 0,
      patchSize: 0,
      layers: 0,
      heads: 0,
      mlpWidth: 0,
      dropout: 0,
      frozen: false,
    },
    width: Number(torchvision['width_per_group']),
    stages: torchvision['layers'] as number[],
  };
}

function textConfig(huggingFace: Configuration): TextConfig {
  return {
    architecture: 'bert',
    width: Number(huggingFace['hidden_size']),
    layers: Number(huggingFace['num_hidden_layers']),
    heads: Number(huggingFace['num_attention_heads']),
    mlpWidth: Number(huggingFace['intermediate_size']),
    maxPositions: Number(huggingFace['max_position_embeddings']),
    dropout: 0,
    frozen: false,
  };
}
