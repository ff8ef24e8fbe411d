/** The backward pass over a rank's micro-batches: the losses within each, then both encoders. */
import * as tf from '@tensorflow/tfjs-core';
import { hasFusion, partsOf } from '../config/parts.js';
import type { Ring } from '../collectives/ring.js';
import { GROUPS, ofGroup, type Group } from '../encoders/parameter-groups.js';
import {
  disposeEncoded,
  encodeAgain,
  type EncodedMicroBatch,
  type ModelTensors,
  type PassParts,
  type PassesUnderWay,
} from './encode.js';
import type { LossesAndGradients } from './losses-and-gradients.js';
import type { MicroBatchTensors } from './micro-batch-tensors.js';
import { MODALITIES, type Modality } from './passes.js';

export interface ReducesUnderWay extends PassesUnderWay {
  ring: Ring;
}

/** Sums by group, being reduced. */
export type Reductions = Record<Group, Promise<tf.NamedTensorMap>>;

export interface BackwardInputs {
  microBatches: readonly MicroBatchTensors[];
  kept: EncodedMicroBatch | undefined;
  /** Gradients of the global losses with respect to the embeddings of the whole batch, [B, d] by name. */
  embeddingGradients: Record<string, Float32Array>;
}

/** Losses within a micro-batch by name; `loss` is their weighted sum. */
export interface MicroBatchLosses {
  microBatch: number;
  values: Record<string, number>;
}

export interface BackwardResult {
  /** Of each micro-batch of this rank, where any loss of that kind is in use. */
  losses: MicroBatchLosses[];
  reductions: Reductions;
  /** Resolves when all operations of the ring have been called. */
  called: Promise<void>;
}

/**
 * Back-propagates into this rank's rows. Each group's gradients are being reduced as soon as the last micro-batch has
 * added its own, while the next group is computed. All ranks reduce in the same order: joint, text, vision. A rank
 * without micro-batches has nothing to add and gets the sums.
 */
export async function backwardAll(
  parts: ReducesUnderWay,
  model: ModelTensors,
  { microBatches, kept, embeddingGradients }: BackwardInputs,
): Promise<BackwardResult> {
  const losses: MicroBatchLosses[] = [];
  const reducing = reducer(parts);
  for (const inputs of microBatches) {
    const last = inputs === microBatches.at(-1);
    const encoded = kept ?? (await encodeAgain(parts, model, inputs));
    const gradients = rowGradients(parts, inputs, embeddingGradients);
    Object.assign(gradients, await gradientsWithin(parts, model.parameters, inputs, encoded, losses));
    if (last) reducing.reduce('joint');
    for (const modality of MODALITIES) {
      await backwardInto(parts, modality, inputs, encoded, gradients);
      if (last) reducing.reduce(modality);
    }
    tf.dispose(gradients);
    disposeEncoded(encoded);
  }
  if (microBatches.length === 0) GROUPS.forEach(reducing.reduce);
  return { losses, ...reducing.all() };
}

/** Begins the reductions, whose operations on the ring are called one group after another. */
function reducer({ sums, ring, scope }: ReducesUnderWay) {
  const reductions: Partial<Reductions> = {};
  let turn = Promise.resolve();
  const reduce = (group: Group): void => {
    const reduction = sums[group].reduce(ring, turn);
    turn = scope.reducing(reduction.called);
    reductions[group] = scope.reducing(reduction.sums.then((reduced) => scope.own(reduced)));
  };
  return { reduce, all: () => ({ reductions: reductions as Reductions, called: turn }) };
}

/** Gradients with respect to the embeddings of a micro-batch, [m, d] by name. */
function rowGradients(
  { config, scope }: PassesUnderWay,
  { firstRow }: MicroBatchTensors,
  all: Record<string, Float32Array>,
): tf.NamedTensorMap {
  const { batchSize, microBatchSize: rows } = config;
  const slice = (values: Float32Array): tf.Tensor => {
    const width = values.length / batchSize;
    return tf.tensor2d(values.slice(firstRow * width, (firstRow + rows) * width), [rows, width]);
  };
  const sliced = Object.entries(all).map(([name, values]) => [name, slice(values)] as const);
  return scope.own<tf.NamedTensorMap>(Object.fromEntries(sliced));
}

/** Runs the losses within a micro-batch: notes their values, adds gradients; the gradients of the encoders' features. */
async function gradientsWithin(
  parts: PassesUnderWay,
  parameters: tf.NamedTensorMap,
  inputs: MicroBatchTensors,
  encoded: EncodedMicroBatch,
  losses: MicroBatchLosses[],
): Promise<tf.NamedTensorMap> {
  const used = partsOf(parts.config);
  if (!used.local && !hasFusion(used)) return {};
  parts.signal.throwIfAborted();
  const found = parts.scope.own(await parts.passes.microBatchLosses(lossInputs(parameters, inputs, encoded)));
  losses.push({ microBatch: inputs.index, values: readLosses(parts, found) });
  const { features, own } = splitGradients(found.gradients, parameters);
  parts.sums.joint.add(own, inputs.index);
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

function readLosses({ engine }: PassParts, { losses }: LossesAndGradients): Record<string, number> {
  return Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, engine.read(value)[0]]));
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
  { sums, scope, signal }: PassesUnderWay,
  modality: Modality,
  { index }: MicroBatchTensors,
  { residuals, names }: EncodedMicroBatch,
  gradients: tf.NamedTensorMap,
): Promise<void> {
  signal.throwIfAborted();
  const own = Object.fromEntries(names[modality].map((name) => [name, gradients[name]]));
  const found = scope.own(await residuals[modality].backward(own));
  sums[modality].add(found, index);
  tf.dispose(found);
}
