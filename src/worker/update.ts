/** Clip and optimiser: reduced gradients become new parameters, moments and running statistics. */
import * as tf from '@tensorflow/tfjs-core';
import { microBatchCount } from '../core/plan.js';
import { biasCorrections } from '../optim/adamw.js';
import { learningRateAt } from '../optim/schedule.js';
import { MODALITIES, parametersOf, type Modality } from './passes.js';
import { requireFinite, type StepParts } from './step-parts.js';
import type { TrainingState } from './training-state.js';

/**
 * @param reduced gradients summed over the global batch, and batch statistics summed over its micro-batches
 * @throws MlipError MLIP_E_NOT_FINITE before anything has changed
 */
export async function applyUpdate(
  parts: StepParts,
  state: TrainingState,
  step: number,
  reduced: tf.NamedTensorMap,
): Promise<{ gradNorm: number; learningRate: number }> {
  const { passes, engine, config } = parts;
  const gradients = pick(reduced, Object.keys(state.parameters));
  const norm = await passes.norm(gradients);
  const gradNorm = engine.read(norm)[0];
  requireFinite('gradient norm', gradNorm, step);

  const learningRate = learningRateAt(step, parts.steps, config.optimizer);
  const scalars = stepScalars(parts, step, learningRate, norm);
  state.whole = false;
  for (const modality of MODALITIES) await updateModality(parts, state, modality, gradients, scalars);
  await updateStatistics(parts, state, reduced);
  state.step = step + 1;
  state.whole = true;
  tf.dispose([reduced, scalars]);
  return { gradNorm, learningRate };
}

interface StepScalars {
  [key: string]: tf.Scalar;
  norm: tf.Scalar;
  learningRate: tf.Scalar;
  firstCorrection: tf.Scalar;
  secondCorrection: tf.Scalar;
}

function stepScalars({ config }: StepParts, step: number, learningRate: number, norm: tf.Tensor): StepScalars {
  const { first, second } = biasCorrections(step, config.optimizer);
  return {
    norm: norm as tf.Scalar,
    learningRate: tf.scalar(learningRate),
    firstCorrection: tf.scalar(first),
    secondCorrection: tf.scalar(second),
  };
}

/** One modality at a time, so that old and new state exist twice for that part only. */
async function updateModality(
  { passes }: StepParts,
  state: TrainingState,
  modality: Modality,
  gradients: tf.NamedTensorMap,
  scalars: StepScalars,
): Promise<void> {
  const parameters = parametersOf(modality, state.parameters);
  const names = Object.keys(parameters);
  const old = { parameters, first: pick(state.first, names), second: pick(state.second, names) };
  const updated = await passes.update({ ...old, gradients: pick(gradients, names), ...scalars });
  Object.assign(state.parameters, updated.parameters);
  Object.assign(state.first, updated.first);
  Object.assign(state.second, updated.second);
  tf.dispose(old);
}

async function updateStatistics(
  { passes, config }: StepParts,
  state: TrainingState,
  reduced: tf.NamedTensorMap,
): Promise<void> {
  const sums = pick(reduced, Object.keys(state.statistics));
  const count = tf.scalar(microBatchCount(config));
  const old = state.statistics;
  state.statistics = await passes.statistics({ running: old, sums, count });
  tf.dispose([old, count]);
}

function pick(tensors: tf.NamedTensorMap, names: readonly string[]): tf.NamedTensorMap {
  return Object.fromEntries(names.map((name) => [name, tensors[name]]));
}
