/** The trained encoders as they are used after training: no dropout, BatchNorm's running statistics. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { EvaluationBatch } from '../data/evaluation-batches.js';
import { encodeImages, encodeReports } from '../encoders/dual-encoder.js';
import { statisticsLayout } from '../encoders/model-layout.js';
import type { Engine } from '../engine/load.js';
import { nextName } from './function-names.js';

export interface EncodedPairs {
  /** Embeddings of the batch's pairs, [pairs, d], rows of length 1; the rows that only fill the batch are left out. */
  images: Float32Array;
  reports: Float32Array;
}

/** Rows beyond `pairs` only fill the batch. */
export interface EncoderBatch extends Omit<EvaluationBatch, 'pairs'> {
  pairs: { readonly length: number };
}

export interface Encoder {
  encode(batch: EncoderBatch): Promise<EncodedPairs>;
  dispose(): void;
}

interface EncoderInputs extends EncoderWeights {
  [key: string]: tf.NamedTensorMap | tf.Tensor;
  /** [n, S, S], [n, L], [n, L] */
  images: tf.Tensor3D;
  pieceIds: tf.Tensor2D;
  pieceMask: tf.Tensor2D;
}

/** @param tensors parameters and running statistics, as a checkpoint's model.safetensors holds them. */
export function createEncoder(engine: Engine, config: Config, tensors: HostTensors): Encoder {
  const { model } = config;
  const weights = uploadWeights(engine, config, tensors);
  const compiled = engine.compile(
    nextName('evaluate'),
    ({ parameters, state, images, pieceIds, pieceMask }: EncoderInputs) => {
      const context = { config, training: false, state } as const;
      return {
        images: encodeImages(parameters, images, context).embedding,
        reports: encodeReports(parameters, { pieceIds, pieceMask }, context).embedding,
      };
    },
    // A few batches are not worth the seconds that XLA compiles for.
    'executor',
  );
  return {
    async encode(batch) {
      const inputs = uploadBatch(batch, config);
      const outputs = await compiled({ ...weights, ...inputs });
      const kept = batch.pairs.length * model.embeddingWidth;
      const encoded = {
        images: engine.read(outputs.images).subarray(0, kept),
        reports: engine.read(outputs.reports).subarray(0, kept),
      };
      tf.dispose([inputs, outputs]);
      return encoded;
    },
    dispose: () => tf.dispose([weights.parameters, weights.state]),
  };
}

export interface EncoderWeights {
  parameters: tf.NamedTensorMap;
  /** Running statistics. */
  state: tf.NamedTensorMap;
}

/** @param tensors parameters and running statistics, or some of them */
export function uploadWeights(engine: Engine, config: Config, tensors: HostTensors): EncoderWeights {
  const stateNames = new Set(statisticsLayout(config).map(({ name }) => name));
  const pick = (wanted: boolean): tf.NamedTensorMap =>
    Object.fromEntries(
      [...tensors]
        .filter(([name]) => stateNames.has(name) === wanted)
        .map(([name, { data, shape }]) => [name, engine.upload(data, shape)]),
    );
  return { parameters: pick(false), state: pick(true) };
}

function uploadBatch(
  { images, pieceIds, pieceMask }: EncoderBatch,
  { model, data, evaluation }: Config,
): Pick<EncoderInputs, 'images' | 'pieceIds' | 'pieceMask'> {
  const count = evaluation.batchSize;
  const side = model.vision.imageSize;
  return {
    images: tf.tensor3d(Int32Array.from(images), [count, side, side], 'int32'),
    pieceIds: tf.tensor2d(pieceIds, [count, data.maxPieces], 'int32'),
    pieceMask: tf.tensor2d(pieceMask, [count, data.maxPieces]),
  };
}
