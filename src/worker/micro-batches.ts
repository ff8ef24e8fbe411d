/** The forward and backward passes over a rank's micro-batches. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { hashKeys } from '../core/random.js';
import type { MicroBatch } from '../data/loader.js';
import type { Residuals } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import type { GradientSum } from './gradient-sum.js';
import { parametersOf, type EncoderInputs, type Modality, type Passes } from './passes.js';

export interface PassParts {
  engine: Engine;
  passes: Passes;
  sums: Record<Modality, GradientSum>;
}

/** Inputs of both encoders for one micro-batch. */
export type MicroBatchTensors = Record<Modality, EncoderInputs>;

/** What encoding a modality of all micro-batches gives. */
export interface EncodedModality {
  /** Embeddings of this rank's rows, [rows, d], in order of micro-batches. */
  rows: Float32Array;
  /** Kept where the rank has one micro-batch. */
  residuals: Residuals | undefined;
}

/** Gradients with respect to embeddings of this rank's rows, [rows, width]. */
export interface RowGradients {
  values: Float32Array;
  width: number;
}

export function uploadMicroBatch(config: Config, step: number, batch: MicroBatch): MicroBatchTensors {
  const { imageSize } = config.model.vision;
  const { maxPieces } = config.data;
  const size = batch.rows.length;
  const [a, b] = hashKeys(config.seed, 'dropout', step, batch.index);
  const seed = tf.tensor1d(Int32Array.of(a, b), 'int32');
  return {
    text: {
      pieceIds: tf.tensor2d(batch.pieceIds, [size, maxPieces], 'int32'),
      pieceMask: tf.tensor2d(batch.pieceMask, [size, maxPieces]),
      seed,
    },
    vision: { images: tf.tensor3d(Int32Array.from(batch.images), [size, imageSize, imageSize], 'int32'), seed },
  };
}

/** Encodes one modality of every micro-batch and sums the batch statistics; only a single micro-batch keeps residuals. */
export async function encode(
  { engine, passes, sums }: PassParts,
  modality: Modality,
  parameters: tf.NamedTensorMap,
  microBatches: readonly MicroBatchTensors[],
): Promise<EncodedModality> {
  const own = parametersOf(modality, parameters);
  const embeddings: Float32Array[] = [];
  let kept: Residuals | undefined;
  sums[modality].clear();
  for (const inputs of microBatches) {
    const { outputs, extras, residuals } = await passes.encoders[modality](own, inputs[modality]);
    embeddings.push(engine.read(outputs['embedding']));
    sums[modality].add(extras);
    tf.dispose([outputs, extras]);
    if (microBatches.length === 1) kept = residuals;
    else residuals.dispose();
  }
  return { rows: concatenate(embeddings), residuals: kept };
}

/** Sums the gradients of the loss with respect to a modality's parameters over the micro-batches. */
export async function backward(
  parts: PassParts,
  modality: Modality,
  parameters: tf.NamedTensorMap,
  microBatches: readonly MicroBatchTensors[],
  { residuals: kept }: EncodedModality,
  embeddingGradients: RowGradients,
): Promise<void> {
  const own = parametersOf(modality, parameters);
  const { width, values } = embeddingGradients;
  const length = values.length / microBatches.length;
  for (const [position, inputs] of microBatches.entries()) {
    const slice = values.slice(position * length, (position + 1) * length);
    const embedding = tf.tensor2d(slice, [length / width, width]);
    const residuals = kept ?? (await encodeAgain(parts, modality, own, inputs));
    const gradients = await residuals.backward({ embedding });
    residuals.dispose();
    parts.sums[modality].add(gradients);
    tf.dispose([embedding, gradients]);
  }
}

/** The forward pass once more, for its residuals. */
async function encodeAgain(
  { passes }: PassParts,
  modality: Modality,
  parameters: tf.NamedTensorMap,
  inputs: MicroBatchTensors,
): Promise<Residuals> {
  const { outputs, extras, residuals } = await passes.encoders[modality](parameters, inputs[modality]);
  tf.dispose([outputs, extras]);
  return residuals;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
