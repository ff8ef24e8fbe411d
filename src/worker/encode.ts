/** The forward pass over a rank's micro-batches. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { splitFrozen } from '../encoders/frozen.js';
import { GROUPS, ofGroup, type Group } from '../encoders/parameter-groups.js';
import type { Residuals } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import type { EmbeddingName } from './global-losses.js';
import type { GradientSum } from './gradient-sum.js';
import type { MicroBatchTensors } from './micro-batch-tensors.js';
import type { TrainingState } from './training-state.js';
import { ATTENTION, MODALITIES, type Modality, type Passes } from './passes.js';

export interface PassParts {
  engine: Engine;
  config: Config;
  passes: Passes;
  sums: Record<Group, GradientSum>;
}

/** What the encoders read of the training state. */
export type ModelTensors = Pick<TrainingState, 'parameters' | 'statistics'>;

/** What encoding one micro-batch gives. */
export interface EncodedMicroBatch {
  /** Of both encoders by name. */
  outputs: tf.NamedTensorMap;
  attention: tf.NamedTensorMap;
  /** Names of the outputs of each encoder. */
  names: Record<Modality, string[]>;
  residuals: Record<Modality, Residuals>;
}

/** What encoding all micro-batches of a rank gives. */
export interface EncodedRows {
  /** Embeddings of this rank's rows by name, [rows, d], in order of micro-batches. */
  rows: Record<string, Float32Array>;
  /** Kept where the rank has one micro-batch: its backward pass needs no second forward pass then. */
  kept: EncodedMicroBatch | undefined;
}

/** Encodes every micro-batch and sums the batch statistics. */
export async function encodeAll(
  parts: PassParts,
  model: ModelTensors,
  microBatches: readonly MicroBatchTensors[],
  names: readonly EmbeddingName[],
): Promise<EncodedRows> {
  const pieces: Record<string, Float32Array[]> = Object.fromEntries(names.map((name) => [name, []]));
  let kept: EncodedMicroBatch | undefined;
  for (const group of GROUPS) parts.sums[group].clear();
  for (const inputs of microBatches) {
    const { encoded, statistics } = await encodeOne(parts, model, inputs);
    for (const name of names) pieces[name].push(parts.engine.read(encoded.outputs[name]));
    for (const modality of MODALITIES) parts.sums[modality].add(statistics[modality]);
    tf.dispose(statistics);
    if (microBatches.length === 1) kept = encoded;
    else disposeEncoded(encoded);
  }
  const rows = Object.fromEntries(names.map((name) => [name, concatenate(pieces[name])]));
  return { rows, kept };
}

/** The forward pass once more, for what it leaves to the backward pass. */
export async function encodeAgain(
  parts: PassParts,
  model: ModelTensors,
  inputs: MicroBatchTensors,
): Promise<EncodedMicroBatch> {
  const { encoded, statistics } = await encodeOne(parts, model, inputs);
  tf.dispose(statistics);
  return encoded;
}

async function encodeOne(parts: PassParts, model: ModelTensors, inputs: MicroBatchTensors) {
  const run = (modality: Modality) => {
    const { trained, frozen } = splitFrozen(ofGroup(modality, model.parameters), parts.config);
    const statistics = splitFrozen(ofGroup(modality, model.statistics), parts.config).frozen;
    return parts.passes.encoders[modality](trained, { ...inputs[modality], ...frozen, ...statistics });
  };
  const [text, vision] = [await run('text'), await run('vision')];
  const [words, patches] = [splitExtras('text', text.extras), splitExtras('vision', vision.extras)];
  const encoded: EncodedMicroBatch = {
    outputs: { ...text.outputs, ...vision.outputs },
    attention: { ...words.attention, ...patches.attention },
    names: { text: Object.keys(text.outputs), vision: Object.keys(vision.outputs) },
    residuals: { text: text.residuals, vision: vision.residuals },
  };
  return { encoded, statistics: { text: words.statistics, vision: patches.statistics } };
}

function splitExtras(modality: Modality, extras: tf.NamedTensorMap) {
  const { [ATTENTION[modality]]: weights, ...statistics } = extras;
  return { statistics, attention: weights === undefined ? {} : { [ATTENTION[modality]]: weights } };
}

export function disposeEncoded({ outputs, attention, residuals }: EncodedMicroBatch): void {
  tf.dispose([outputs, attention]);
  for (const modality of MODALITIES) residuals[modality].dispose();
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
