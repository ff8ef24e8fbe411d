/** The forward and backward passes over a rank's micro-batches. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { hashKeys } from '../core/random.js';
import type { MicroBatch } from '../data/loader.js';
import type { Residuals } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import { parametersOf, type EncoderInputs, type Modality, type Passes } from './passes.js';

export interface PassParts {
  engine: Engine;
  passes: Passes;
}

/** Inputs of both encoders for one micro-batch. */
export type MicroBatchTensors = Record<Modality, EncoderInputs>;

/** What encoding a modality of all micro-batches gives. */
export interface EncodedModality {
  /** Embeddings of this rank's rows, [rows, d], in order of micro-batches. */
  rows: Float32Array;
  /** Batch statistics, summed over the micro-batches. */
  statistics: tf.NamedTensorMap;
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

/** Encodes one modality of every micro-batch; only a single micro-batch leaves residuals. */
export async function encode(
  { engine, passes }: PassParts,
  modality: Modality,
  parameters: tf.NamedTensorMap,
  microBatches: readonly MicroBatchTensors[],
): Promise<EncodedModality> {
  const encoder = passes.encoders[modality];
  const own = parametersOf(modality, parameters);
  const sum = tensorSum(passes);
  const embeddings: Float32Array[] = [];
  let residuals: Residuals | undefined;
  for (const inputs of microBatches) {
    const result =
      microBatches.length === 1
        ? await encoder.forwardKeeping(own, inputs[modality])
        : { ...(await encoder.forward(own, inputs[modality])), residuals: undefined };
    residuals = result.residuals;
    embeddings.push(engine.read(result.outputs['embedding']));
    tf.dispose(result.outputs);
    await sum.add(result.extras);
  }
  return { rows: concatenate(embeddings), statistics: sum.take(), residuals };
}

/**
 * Gradients of the loss with respect to a modality's parameters, summed over the micro-batches.
 *
 * @param embeddingGradients of this rank's rows, [rows, width], in order of micro-batches
 */
export async function backward(
  { passes }: PassParts,
  modality: Modality,
  parameters: tf.NamedTensorMap,
  microBatches: readonly MicroBatchTensors[],
  { residuals }: EncodedModality,
  embeddingGradients: RowGradients,
): Promise<tf.NamedTensorMap> {
  const own = parametersOf(modality, parameters);
  const sum = tensorSum(passes);
  const { width } = embeddingGradients;
  const length = embeddingGradients.values.length / microBatches.length;
  const shape = [length / width, width] as [number, number];
  for (const [position, inputs] of microBatches.entries()) {
    const values = embeddingGradients.values.slice(position * length, (position + 1) * length);
    const embedding = tf.tensor2d(values, shape);
    const gradients =
      residuals === undefined
        ? await passes.encoders[modality].gradients(own, inputs[modality], { embedding })
        : await residuals.backward({ embedding });
    embedding.dispose();
    residuals?.dispose();
    await sum.add(gradients);
  }
  return sum.take();
}

/** Adds up tensors by name in the order in which they come, keeping one copy. */
function tensorSum(passes: Passes): { add(terms: tf.NamedTensorMap): Promise<void>; take(): tf.NamedTensorMap } {
  let sum: tf.NamedTensorMap | undefined;
  return {
    async add(terms) {
      const before = sum;
      sum = before === undefined ? terms : await passes.add({ a: before, b: terms });
      if (before !== undefined) tf.dispose([before, terms]);
    },
    take: () => sum!,
  };
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
