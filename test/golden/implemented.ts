/** The encoders of the golden cases, and what mlip does not implement yet. */
import * as tf from '@tensorflow/tfjs-core';
import type { TextConfig, VisionConfig } from '../../src/config/schema.js';
import { bert } from '../../src/encoders/bert.js';
import { noDropout } from '../../src/encoders/dropout.js';
import { scoped } from '../../src/encoders/layers.js';
import { vit } from '../../src/encoders/vit.js';

type Inputs = tf.NamedTensorMap;

type Configuration = Record<string, number | string>;

/** Outputs by the golden file's names; `inputs` are the weights and what the .io file holds. */
export const ENCODERS: Record<string, (inputs: Inputs, config: Configuration) => tf.NamedTensorMap> = {
  vit: (inputs, config) => {
    const features = vit(scoped(inputs, ''), inputs['image'] as tf.Tensor4D, visionConfig(config), noDropout);
    return { global: features.global, local: features.local, cls_attention: features.patchWeights };
  },
  bert: (inputs, config) => {
    const ids = tf.cast(inputs['input_ids'] as tf.Tensor2D, 'int32');
    const mask = inputs['attention_mask'] as tf.Tensor2D;
    const features = bert(scoped(inputs, ''), ids, mask, textConfig(config), noDropout);
    return { last_hidden_state: features.local, global: features.global, cls_attention: features.pieceWeights };
  },
};

/** Files that belong to later work: listed by name, so that a case nobody knows fails the test. */
export const NOT_YET = new Set(['resnet']);

function visionConfig(timm: Configuration): VisionConfig {
  const width = Number(timm['embed_dim']);
  return {
    architecture: 'vit',
    imageSize: Number(timm['img_size']),
    patchSize: Number(timm['patch_size']),
    width,
    layers: Number(timm['depth']),
    heads: Number(timm['num_heads']),
    mlpWidth: 4 * width,
    dropout: 0,
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
  };
}
