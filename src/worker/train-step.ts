/**
 * One step of training, as design.md draws it:
 *
 *   batch -> encode -> gather -> loss -> backward -> reduce (sum) -> clip -> optimiser
 *
 * A rank that holds one micro-batch keeps its residuals from encoding to backward. One that holds several keeps none and
 * encodes each again (gradient cache), so that its memory grows with the micro-batch and not with the batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { StepBatches } from '../data/loader.js';
import { backward, encode, uploadMicroBatch, type EncodedModality, type MicroBatchTensors } from './micro-batches.js';
import { MODALITIES, type Modality } from './passes.js';
import { requireFinite, type StepParts, type StepResult } from './step-parts.js';
import type { TrainingState } from './training-state.js';
import { applyUpdate } from './update.js';

/** Gradients by modality, reduced or being reduced. */
type Reductions = Record<Modality, Promise<tf.NamedTensorMap>>;

/** Applies the step to `state`, or throws and leaves it as it was. */
export async function trainStep(parts: StepParts, state: TrainingState, batches: StepBatches): Promise<StepResult> {
  const { clock, config } = parts;
  const { step } = batches;
  const inputs = batches.microBatches.map((batch) => uploadMicroBatch(config, step, batch));
  const encoded = await clock.time('encode', () => encodeAll(parts, state, inputs));
  const embeddings = await clock.time('gather', () => parts.gather(step, rowsOf(encoded)));
  const { loss, gradients } = await clock.time('loss', () => lossOf(parts, embeddings));
  requireFinite('loss', loss, step);
  const firstRow = batches.microBatches[0].firstRow;
  const reductions = await clock.time('backward', () =>
    backwardAll(parts, state, { inputs, encoded, gradients, firstRow }),
  );
  const reduced = await clock.time('reduce', () => complete(reductions));
  const updated = await clock.time('update', () => applyUpdate(parts, state, step, reduced));
  tf.dispose(inputs);
  return { loss, ...updated };
}

async function encodeAll(
  parts: StepParts,
  { parameters }: TrainingState,
  inputs: readonly MicroBatchTensors[],
): Promise<Record<Modality, EncodedModality>> {
  const text = await encode(parts, 'text', parameters, inputs);
  return { text, vision: await encode(parts, 'vision', parameters, inputs) };
}

function rowsOf(encoded: Record<Modality, EncodedModality>): Record<Modality, Float32Array> {
  return { text: encoded.text.rows, vision: encoded.vision.rows };
}

/** The loss of the whole global batch and its gradients with respect to all embeddings, [B, d]. */
async function lossOf({ engine, passes, config }: StepParts, embeddings: Record<Modality, Float32Array>) {
  const shape = [config.batchSize, config.model.embeddingWidth];
  const given = { vision: engine.upload(embeddings.vision, shape), text: engine.upload(embeddings.text, shape) };
  const result = await passes.loss(given);
  const gradients = { vision: engine.read(result.vision), text: engine.read(result.text) };
  const loss = engine.read(result.loss)[0];
  tf.dispose([given, result]);
  return { loss, gradients };
}

interface BackwardInputs {
  inputs: readonly MicroBatchTensors[];
  encoded: Record<Modality, EncodedModality>;
  /** Of all rows, [B, d]. */
  gradients: Record<Modality, Float32Array>;
  /** Of this rank in the global batch. */
  firstRow: number;
}

/** Back-propagates into this rank's rows. The first modality is being reduced while the second is computed. */
async function backwardAll(
  parts: StepParts,
  { parameters }: TrainingState,
  given: BackwardInputs,
): Promise<Reductions> {
  const { embeddingWidth: width } = parts.config.model;
  const reductions: Partial<Reductions> = {};
  for (const modality of MODALITIES) {
    const encoded = given.encoded[modality];
    const start = given.firstRow * width;
    const values = given.gradients[modality].subarray(start, start + encoded.rows.length);
    await backward(parts, modality, parameters, given.inputs, encoded, { values, width });
    reductions[modality] = parts.sums[modality].reduce();
    // Whoever awaits it later sees the failure; until then it is not an unhandled one.
    reductions[modality].catch(() => undefined);
  }
  return reductions as Reductions;
}

async function complete(reductions: Reductions): Promise<tf.NamedTensorMap> {
  return { ...(await reductions.text), ...(await reductions.vision) };
}
