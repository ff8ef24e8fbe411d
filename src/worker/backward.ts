/** The backward pass over a rank's micro-batches: the losses within each, then both encoders. */
import * as tf from '@tensorflow/tfjs-core';
import { hasFusion, partsOf } from '../config/parts.js';
import { ofGroup, type Group } from '../encoders/parameter-groups.js';
import { disposeEncoded, encodeAgain, type EncodedMicroBatch, type ModelTensors, type PassParts } from './encode.js';
import type { LossesAndGradients } from './losses-and-gradients.js';
import type { MicroBatchTensors } from './micro-batch-tensors.js';
import { MODALITIES, type Modality } from './passes.js';

/** Gradients by group, being reduced. */
export type Reductions = Record<Group, Promise<tf.NamedTensorMap>>;

export interface BackwardInputs {
  microBatches: readonly MicroBatchTensors[];
  kept: EncodedMicroBatch | undefined;
  /** Gradients of the global losses with respect to this rank's embeddings, [rows, d] by name. */
  embeddingGradients: Record<string, Float32Array>;
}

export interface BackwardResult {
  /** Losses within micro-batches, summed over those of this rank, by name; `loss` is their weighted sum. */
  losses: Record<string, number>;
  reductions: Reductions;
}

/**
 * Back-propagates into this rank's rows. Each group's gradients are being reduced as soon as the last micro-batch has
 * added its own, while the next group is computed. All ranks reduce in the same order: joint, text, vision.
 */
export async function backwardAll(
  parts: PassParts,
  model: ModelTensors,
  { microBatches, kept, embeddingGradients }: BackwardInputs,
): Promise<BackwardResult> {
  const losses: Record<string, number> = {};
  const reductions: Partial<Reductions> = {};
  const reduce = (group: Group): void => {
    reductions[group] = parts.sums[group].reduce();
    // Whoever awaits it later sees the failure; until then it is not an unhandled one.
    reductions[group].catch(() => undefined);
  };
  for (const [position, inputs] of microBatches.entries()) {
    const last = position === microBatches.length - 1;
    const encoded = kept ?? (await encodeAgain(parts, model, inputs));
    const gradients = sliceRows(embeddingGradients, position, microBatches.length, parts.config.microBatchSize);
    Object.assign(gradients, await gradientsWithin(parts, model.parameters, inputs, encoded, losses));
    if (last) reduce('joint');
    for (const modality of MODALITIES) {
      await backwardInto(parts, modality, encoded, gradients);
      if (last) reduce(modality);
    }
    tf.dispose(gradients);
    disposeEncoded(encoded);
  }
  return { losses, reductions: reductions as Reductions };
}

/** The gradients of one micro-batch's rows, [m, d] by name. */
function sliceRows(
  all: Record<string, Float32Array>,
  position: number,
  count: number,
  rows: number,
): tf.NamedTensorMap {
  const slice = (values: Float32Array): tf.Tensor => {
    const length = values.length / count;
    return tf.tensor2d(values.slice(position * length, (position + 1) * length), [rows, length / rows]);
  };
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, slice(values)]));
}

/** Runs the losses within a micro-batch: adds their values and gradients; the gradients of the encoders' features. */
async function gradientsWithin(
  parts: PassParts,
  parameters: tf.NamedTensorMap,
  inputs: MicroBatchTensors,
  encoded: EncodedMicroBatch,
  losses: Record<string, number>,
): Promise<tf.NamedTensorMap> {
  const used = partsOf(parts.config);
  if (!used.local && !hasFusion(used)) return {};
  const found = await parts.passes.microBatchLosses(lossInputs(parameters, inputs, encoded));
  addLosses(parts, losses, found);
  const { features, own } = splitGradients(found.gradients, parameters);
  parts.sums.joint.add(own);
  tf.dispose([found.losses, own]);
  return features;
}

const FEATURES = ['words', 'patches', 'concepts', 'hidden', 'tokens'];

function lossInputs(
  parameters: tf.NamedTensorMap,
  inputs: MicroBatchTensors,
  { outputs, attention }: EncodedMicroBatch,
) {
  const { 'prototypes.weight': _, ...joint } = ofGroup('joint', parameters);
  const named = Object.entries(outputs);
  const features = Object.fromEntries(named.filter(([name]) => FEATURES.includes(name)));
  const { vision, text } = outputs;
  const { pieceMask, wordOfPiece } = inputs.text;
  const given: tf.NamedTensorMap = { ...inputs.given, ...attention, vision, text, pieceMask };
  if (wordOfPiece !== undefined) given['wordOfPiece'] = wordOfPiece;
  return { parameters: joint, features, given, seed: inputs.text.seed };
}

function addLosses({ engine }: PassParts, sums: Record<string, number>, { losses }: LossesAndGradients): void {
  for (const [name, value] of Object.entries(losses)) sums[name] = (sums[name] ?? 0) + engine.read(value)[0];
}

function splitGradients(gradients: tf.NamedTensorMap, parameters: tf.NamedTensorMap) {
  const entries = Object.entries(gradients);
  const isOwn = ([name]: [string, tf.Tensor]): boolean => name in parameters;
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    features: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}

async function backwardInto(
  { sums }: PassParts,
  modality: Modality,
  { residuals, names }: EncodedMicroBatch,
  gradients: tf.NamedTensorMap,
): Promise<void> {
  const own = Object.fromEntries(names[modality].map((name) => [name, gradients[name]]));
  const found = await residuals[modality].backward(own);
  sums[modality].add(found);
  tf.dispose(found);
}
