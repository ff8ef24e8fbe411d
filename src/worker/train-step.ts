/**
 * One step of training, as design.md draws it:
 *
 *   batch -> encode -> gather -> loss -> backward -> reduce (sum) -> clip -> optimiser
 *
 * A rank that holds one micro-batch keeps its residuals from encoding to backward. One that holds several keeps none and
 * encodes each again (gradient cache), so that its memory grows with the micro-batch and not with the batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { partsOf } from '../config/parts.js';
import type { StepBatches } from '../data/loader.js';
import { backwardAll, type Reductions } from './backward.js';
import { encodeAll } from './encode.js';
import { gatheredNames } from './global-losses.js';
import { globalLossesOf, masksNegatives, type GlobalLosses } from './global-step.js';
import { uploadMicroBatch, type MicroBatchTensors } from './micro-batch-tensors.js';
import { requireFinite, type Rows, type StepParts, type StepResult } from './step-parts.js';
import type { TrainingState } from './training-state.js';
import { applyUpdate } from './update.js';

/** Applies the step to `state`, or throws and leaves it as it was. */
export async function trainStep(parts: StepParts, state: TrainingState, batches: StepBatches): Promise<StepResult> {
  const { clock, config, knowledge } = parts;
  const { step, epoch } = batches;
  const microBatches = batches.microBatches.map((batch) => uploadMicroBatch(config, step, batch, knowledge));
  const names = gatheredNames(partsOf(config));
  const { rows, kept } = await clock.time('encode', () => encodeAll(parts, state, microBatches, names));
  const count = microBatches.length * config.microBatchSize;
  const own: Rows = masksNegatives(config) ? { ...rows, identity: identitiesOf(microBatches) } : rows;
  const embeddings = await clock.time('gather', () => parts.gather(step, own, count));
  const whole = await clock.time('loss', () => globalLossesOf(parts, state, embeddings, step));
  requireFinite('loss', whole.losses['loss'], step);
  const { firstRow } = batches.microBatches[0];
  addPrototypeGradient(parts, whole, { firstRow, epoch });
  const embeddingGradients = ownRows(whole.embeddingGradients, firstRow, count, config.batchSize);
  const { losses: share, reductions } = await clock.time('backward', () =>
    backwardAll(parts, state, { microBatches, kept, embeddingGradients }),
  );
  const loss = whole.losses['loss'] + (share['loss'] ?? 0);
  requireFinite('loss', loss, step);
  const reduced = await clock.time('reduce', () => complete(reductions));
  const updated = await clock.time('update', () => applyUpdate(parts, state, { step, epoch, reduced, embeddings }));
  tf.dispose(microBatches.map(({ text, vision, given }) => [text, vision, given]));
  return { loss, whole: whole.losses, share, ...updated };
}

function identitiesOf(microBatches: readonly MicroBatchTensors[]): Float32Array {
  const { length } = microBatches[0].identities;
  const all = new Float32Array(microBatches.length * length);
  microBatches.forEach(({ identities }, position) => all.set(identities, position * length));
  return all;
}

/**
 * The prototypes' gradient is that of the whole batch on every rank, so the rank that has the batch's first row adds it,
 * once; while they are frozen nobody does.
 */
function addPrototypeGradient(
  { sums, config }: StepParts,
  { prototypeGradient }: GlobalLosses,
  { firstRow, epoch }: { firstRow: number; epoch: number },
): void {
  if (prototypeGradient === undefined) return;
  if (firstRow === 0 && epoch >= config.loss.prototypes.frozenEpochs) {
    sums.joint.add({ 'prototypes.weight': prototypeGradient });
  }
  prototypeGradient.dispose();
}

/** Rows of this rank out of [B, d] by name. */
function ownRows(all: Rows, firstRow: number, count: number, batchSize: number): Rows {
  const slice = (values: Float32Array): Float32Array => {
    const width = values.length / batchSize;
    return values.subarray(firstRow * width, (firstRow + count) * width);
  };
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, slice(values)]));
}

async function complete(reductions: Reductions): Promise<tf.NamedTensorMap> {
  return { ...(await reductions.joint), ...(await reductions.text), ...(await reductions.vision) };
}
