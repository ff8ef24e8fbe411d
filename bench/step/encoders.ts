/** Our encoders at the sizes of cases.json, as functions that the engine differentiates. */
import * as tf from '@tensorflow/tfjs-core';
import { bert } from '../../src/encoders/bert.js';
import { noDropout } from '../../src/encoders/dropout.js';
import { scoped } from '../../src/encoders/layers.js';
import { vit } from '../../src/encoders/vit.js';
import type { DifferentiableFunction } from '../../src/engine/differentiable.js';
import { readCases, type EncoderName, type Cases } from './side.js';

export interface BenchEncoder {
  encode: DifferentiableFunction<tf.NamedTensorMap>;
  /** Outputs as PyTorch's module returns them, [batch, tokens, width], from those of `encode`. */
  join: (outputs: tf.NamedTensorMap) => tf.Tensor;
  /** The opposite of `join`. */
  split: (whole: tf.Tensor) => tf.NamedTensorMap;
}

export function encoderOf(name: EncoderName): BenchEncoder {
  const cases = readCases();
  return name === 'vit' ? vitEncoder(cases.vit) : bertEncoder(cases.bert);
}

/** Inputs: images, grey levels 0..255 [batch, side, side]. */
function vitEncoder({ batch, ...sizes }: Cases['vit']): BenchEncoder {
  const config = { architecture: 'vit' as const, inputSize: 0, stages: [], dropout: 0, frozen: false, ...sizes };
  return {
    encode: (parameters, { images }) => {
      const normalised = tf.sub(tf.mul(images, 1 / 127.5), 1);
      const grey = tf.reshape<tf.Rank.R4>(normalised, [batch, 1, sizes.imageSize, sizes.imageSize]);
      const { global, local } = vit(scoped(parameters, ''), grey, config, noDropout);
      return { outputs: { global, local }, extras: {} };
    },
    join: ({ global, local }) => tf.concat([tf.expandDims(global, 1), local], 1),
    split: (whole) => {
      const [cls, local] = tf.split(whole, [1, whole.shape[1]! - 1], 1);
      return { global: tf.squeeze(cls, [1]), local };
    },
  };
}

/** Inputs: ids and mask, [batch, pieces]. */
function bertEncoder({ width, layers, heads, mlpWidth }: Cases['bert']): BenchEncoder {
  const sizes = { width, layers, heads, mlpWidth };
  return {
    encode: (parameters, { ids, mask }) => {
      const maxPositions = parameters['embeddings.position_embeddings.weight'].shape[0];
      const config = { architecture: 'bert', dropout: 0, frozen: false, maxPositions, ...sizes } as const;
      const pieceIds = tf.cast(ids, 'int32') as tf.Tensor2D;
      const { local } = bert(scoped(parameters, ''), pieceIds, mask as tf.Tensor2D, config, noDropout);
      return { outputs: { local }, extras: {} };
    },
    join: ({ local }) => local,
    split: (whole) => ({ local: whole }),
  };
}
