/** Runs the global losses on gathered embeddings. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import type { Engine } from '../engine/load.js';
import type { StepBatches } from '../data/loader.js';
import type { GatheredRows } from './gather-rows.js';
import type { GlobalLossInputs } from './global-losses.js';
import { samePairs } from './pair-facts.js';
import { queuesAreFull, viewOf } from './prototype-queue.js';
import type { Rows, StepUnderWay } from './step-parts.js';
import type { TrainingState } from './training-state.js';

export interface GlobalLosses {
  /** By name; `loss` is their weighted sum. */
  losses: Record<string, number>;
  /** With respect to all embeddings, [B, d] by name. */
  embeddingGradients: Rows;
  /** [K, d] */
  prototypeGradient: tf.Tensor | undefined;
}

/** Every rank computes them, of the embeddings of all ranks. */
export async function globalLossesOf(
  { engine, passes, config, scope, signal }: StepUnderWay,
  state: TrainingState,
  gathered: GatheredRows,
): Promise<GlobalLosses> {
  signal.throwIfAborted();
  const inputs = globalInputs(engine, config, state, gathered);
  const { prototypes: _, ...uploaded } = inputs;
  scope.own(uploaded);
  const { losses, gradients } = scope.own(await passes.globalLosses(inputs));
  const { prototypes: prototypeGradient, ...ofEmbeddings } = gradients;
  const result = {
    losses: mapValues(losses, (tensor) => engine.read(tensor)[0]),
    embeddingGradients: mapValues(ofEmbeddings, (tensor) => engine.read(tensor)),
    prototypeGradient,
  };
  tf.dispose([uploaded, losses, ofEmbeddings]);
  return result;
}

/**
 * The prototypes' gradient is that of the whole batch on every rank, so the rank that has the batch's first row adds it,
 * once; while they are frozen nobody does.
 */
export function addPrototypeGradient(
  { sums, config }: StepUnderWay,
  { prototypeGradient }: GlobalLosses,
  { microBatches, epoch }: StepBatches,
): void {
  if (prototypeGradient === undefined) return;
  if (microBatches[0]?.index === 0 && epoch >= config.loss.prototypes.frozenEpochs) {
    sums.joint.add({ 'prototypes.weight': prototypeGradient }, 0);
  }
  prototypeGradient.dispose();
}

function globalInputs(
  engine: Engine,
  config: Config,
  { parameters, queues }: TrainingState,
  { identity, embeddings }: GatheredRows,
): GlobalLossInputs {
  const { batchSize } = config;
  const weight = parameters['prototypes.weight'];
  const recent = queuesAreFull(queues) ? Array.from(queues) : [];
  return {
    embeddings: mapValues(embeddings, (rows) => engine.upload(rows, [batchSize, rows.length / batchSize])),
    prototypes: weight === undefined ? {} : { weight },
    queues: Object.fromEntries(recent.map(([name, { data, shape }]) => [viewOf(name), engine.upload(data, shape)])),
    same: identity === undefined ? {} : { rows: engine.upload(samePairs(identity), [batchSize, batchSize]) },
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
