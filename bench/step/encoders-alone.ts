/** Forward and backward pass of both encoders with their global heads and no loss: what the losses' shares are seen beside. */
import * as tf from '@tensorflow/tfjs-core';
import { backwardAll } from '../../src/worker/backward.js';
import { encodeAll } from '../../src/worker/encode.js';
import { uploadMicroBatch } from '../../src/worker/micro-batch-tensors.js';
import type { MethodInputs } from './method-inputs.js';

/** The gradient with respect to every embedding is 1. */
export async function encodersAlone({ parts, state, batches }: MethodInputs, count: number) {
  const { config, knowledge } = parts;
  const microBatches = batches.microBatches.map((batch) => uploadMicroBatch(config, count, batch, knowledge));
  const { rows, kept } = await encodeAll(parts, state, microBatches, ['text', 'vision']);
  const ones = Object.entries(rows).map(([name, { length }]) => [name, new Float32Array(length).fill(1)] as const);
  const embeddingGradients = Object.fromEntries(ones);
  const { reductions } = await backwardAll(parts, state, { microBatches, kept, embeddingGradients });
  for (const reduced of Object.values(reductions)) tf.dispose(await reduced);
  tf.dispose(microBatches.map(({ text, vision, given }) => [text, vision, given]));
  return { loss: 0, losses: {} };
}
