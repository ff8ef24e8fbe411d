/** The forward pass over a rank's micro-batches. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { splitFrozen } from '../encoders/frozen.js';
import { ofGroup, type Group } from '../encoders/parameter-groups.js';
import type { Residuals } from '../engine/differentiable.js';
import type { Engine } from '../engine/load.js';
import { concatenate } from './concatenate.js';
import type { EmbeddingName } from './global-losses.js';
import type { GradientSum } from './gradient-sum.js';
import type { MicroBatchTensors } from './micro-batch-tensors.js';
import type { StepScope } from './step-scope.js';
import type { TrainingState } from './training-state.js';
import { ATTENTION, MODALITIES, type Modality, type Passes } from './passes.js';

export interface PassParts {
  engine: Engine;
  config: Config;
  passes: Passes;
  /** Empty between steps. */
  sums: Record<Group, GradientSum>;
  /** Abandons the step: it is looked at before each pass. */
  signal: AbortSignal;
}

/** What passes work with while a step runs. */
export interface PassesUnderWay extends PassParts {
  scope: StepScope;
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
  /** Embeddings of this rank's rows by name, [rows, d], in order of micro-batches; of no rows where the rank has none. */
  rows: Record<string, Float32Array>;
  /** Kept where the rank has one micro-batch: its backward pass needs no second forward pass then. */
  kept: EncodedMicroBatch | undefined;
}

/** Encodes every micro-batch and sums the batch statistics. */
export async function encodeAll(
  parts: PassesUnderWay,
  model: ModelTensors,
  microBatches: readonly MicroBatchTensors[],
  names: readonly EmbeddingName[],
): Promise<EncodedRows> {
  const pieces: Record<string, Float32Array[]> = Object.fromEntries(names.map((name) => [name, []]));
  let kept: EncodedMicroBatch | undefined;
  for (const inputs of microBatches) {
    const { encoded, statistics } = await encodeOne(parts, model, inputs);
    for (const name of names) pieces[name].push(parts.engine.read(encoded.outputs[name]));
    for (const modality of MODALITIES) parts.sums[modality].add(statistics[modality], inputs.index);
    tf.dispose(statistics);
    if (microBatches.length === 1) kept = encoded;
    else disposeEncoded(encoded);
  }
  const rows = Object.fromEntries(names.map((name) => [name, concatenate(pieces[name])]));
  return { rows, kept };
}

/** The forward pass once more, for what it leaves to the backward pass. */
export async function encodeAgain(
  parts: PassesUnderWay,
  model: ModelTensors,
  inputs: MicroBatchTensors,
): Promise<EncodedMicroBatch> {
  const { encoded, statistics } = await encodeOne(parts, model, inputs);
  tf.dispose(statistics);
  return encoded;
}

async function encodeOne(parts: PassesUnderWay, model: ModelTensors, inputs: MicroBatchTensors) {
  const [text, vision] = [await run('text', parts, model, inputs), await run('vision', parts, model, inputs)];
  const [words, patches] = [splitExtras('text', text.extras), splitExtras('vision', vision.extras)];
  const encoded: EncodedMicroBatch = {
    outputs: { ...text.outputs, ...vision.outputs },
    attention: { ...words.attention, ...patches.attention },
    names: { text: Object.keys(text.outputs), vision: Object.keys(vision.outputs) },
    residuals: { text: text.residuals, vision: vision.residuals },
  };
  return { encoded, statistics: { text: words.statistics, vision: patches.statistics } };
}

async function run(modality: Modality, parts: PassesUnderWay, model: ModelTensors, inputs: MicroBatchTensors) {
  parts.signal.throwIfAborted();
  const { trained, frozen } = splitFrozen(ofGroup(modality, model.parameters), parts.config);
  const statistics = splitFrozen(ofGroup(modality, model.statistics), parts.config).frozen;
  const given = { ...inputs[modality], ...frozen, ...statistics };
  const { outputs, extras, residuals } = await parts.passes.encoders[modality](trained, given);
  parts.scope.own([outputs, extras]);
  parts.scope.defer(() => residuals.dispose());
  return { outputs, extras, residuals };
}

function splitExtras(modality: Modality, extras: tf.NamedTensorMap) {
  const { [ATTENTION[modality]]: weights, ...statistics } = extras;
  return { statistics, attention: weights === undefined ? {} : { [ATTENTION[modality]]: weights } };
}

export function disposeEncoded({ outputs, attention, residuals }: EncodedMicroBatch): void {
  tf.dispose([outputs, attention]);
  for (const modality of MODALITIES) residuals[modality].dispose();
}
