/** Clip and optimiser: reduced gradients become new parameters, moments, running statistics and queues. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { microBatchCount } from '../core/plan.js';
import { splitFrozen } from '../encoders/frozen.js';
import { GROUPS, groupOf } from '../encoders/parameter-groups.js';
import { biasCorrections } from '../optim/adamw.js';
import { advanceQueues } from './prototype-queue.js';
import type { Rows, StepParts, StepUnderWay } from './step-parts.js';
import type { TrainingState } from './training-state.js';

export interface UpdateGiven {
  step: number;
  epoch: number;
  /** Gradients summed over the global batch, and batch statistics summed over its micro-batches. */
  sums: tf.NamedTensorMap;
  /** Of those gradients. */
  norm: tf.Scalar;
  learningRate: number;
  /** Of the global batch, [B, d] by name. */
  embeddings: Rows;
}

/** Euclidean norm over the gradients of all that is trained. */
export async function gradientNorm(
  { passes, config, scope }: StepUnderWay,
  { parameters }: TrainingState,
  sums: tf.NamedTensorMap,
): Promise<tf.Scalar> {
  const norm = await passes.norm(pick(sums, trainedNames(parameters, config)));
  return scope.own(norm as tf.Scalar);
}

/** Runs to its end once it has begun; the state is whole again then, and has one step more. */
export async function applyUpdate(parts: StepUnderWay, state: TrainingState, given: UpdateGiven): Promise<void> {
  const { step, epoch, sums, norm, learningRate, embeddings } = given;
  const gradients = pick(sums, trainedNames(state.parameters, parts.config));
  state.whole = false;
  for (const set of updateSets(parts, state, epoch)) {
    const scalars = stepScalars(parts, step - set.firstStep, learningRate, norm);
    await updateParameters(parts, state, set.names, gradients, scalars);
  }
  await updateStatistics(parts, state, sums);
  state.queues = advanceQueues(state.queues, embeddings);
  state.step = step + 1;
  state.whole = true;
}

/** Parameters that are updated together, and the step at which they begin to be. */
interface UpdateSet {
  names: string[];
  firstStep: number;
}

/** One group at a time, so that old and new state exist twice for that group only. Frozen prototypes are in no set. */
function updateSets({ config, stepsPerEpoch }: StepParts, { parameters }: TrainingState, epoch: number): UpdateSet[] {
  const { frozenEpochs } = config.loss.prototypes;
  const isPrototype = (name: string): boolean => name.startsWith('prototypes.');
  const names = trainedNames(parameters, config);
  const groups = GROUPS.map((group) => names.filter((name) => groupOf(name) === group && !isPrototype(name)));
  const prototypes = epoch < frozenEpochs ? [] : names.filter(isPrototype);
  const sets = groups.map((group): UpdateSet => ({ names: group, firstStep: 0 }));
  sets.push({ names: prototypes, firstStep: frozenEpochs * stepsPerEpoch });
  return sets.filter((set) => set.names.length > 0);
}

interface StepScalars {
  [key: string]: tf.Scalar;
  norm: tf.Scalar;
  learningRate: tf.Scalar;
  firstCorrection: tf.Scalar;
  secondCorrection: tf.Scalar;
}

/**
 * @param count steps before this one in which these parameters were to be updated. One that was skipped counts: then this is
 * known of the step's number alone, and a run that is resumed goes on alike (docs/adr/0014).
 */
function stepScalars(
  { config, scope }: StepUnderWay,
  count: number,
  learningRate: number,
  norm: tf.Scalar,
): StepScalars {
  const { first, second } = biasCorrections(count, config.optimizer);
  const made = {
    learningRate: tf.scalar(learningRate),
    firstCorrection: tf.scalar(first),
    secondCorrection: tf.scalar(second),
  };
  return { norm, ...scope.own(made) };
}

async function updateParameters(
  { passes }: StepParts,
  state: TrainingState,
  names: readonly string[],
  gradients: tf.NamedTensorMap,
  scalars: StepScalars,
): Promise<void> {
  const old = {
    parameters: pick(state.parameters, names),
    first: pick(state.first, names),
    second: pick(state.second, names),
  };
  const updated = await passes.update({ ...old, gradients: pick(gradients, names), ...scalars });
  Object.assign(state.parameters, updated.parameters);
  Object.assign(state.first, updated.first);
  Object.assign(state.second, updated.second);
  tf.dispose(old);
}

async function updateStatistics(
  { passes, config, scope }: StepUnderWay,
  state: TrainingState,
  sums: tf.NamedTensorMap,
): Promise<void> {
  const names = trainedNames(state.statistics, config);
  const count = scope.own(tf.scalar(microBatchCount(config)));
  const old = pick(state.statistics, names);
  Object.assign(state.statistics, await passes.statistics({ running: old, sums: pick(sums, names), count }));
  tf.dispose(old);
}

/** Names of what changes, frozen encoders left out. */
function trainedNames(tensors: tf.NamedTensorMap, config: Config): string[] {
  return Object.keys(splitFrozen(tensors, config).trained);
}

function pick(tensors: tf.NamedTensorMap, names: readonly string[]): tf.NamedTensorMap {
  return Object.fromEntries(names.map((name) => [name, tensors[name]]));
}
