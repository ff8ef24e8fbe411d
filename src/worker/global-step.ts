/** Runs the global losses on gathered embeddings. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import type { Engine } from '../engine/load.js';
import type { GlobalLossInputs } from './global-losses.js';
import { samePairs } from './pair-facts.js';
import { queueIsFull, viewOf } from './prototype-queue.js';
import type { Rows, StepParts } from './step-parts.js';
import type { TrainingState } from './training-state.js';

export interface GlobalLosses {
  /** By name; `loss` is their weighted sum. */
  losses: Record<string, number>;
  /** With respect to all embeddings, [B, d] by name. */
  embeddingGradients: Rows;
  /** [K, d]; belongs to the caller. */
  prototypeGradient: tf.Tensor | undefined;
}

/** Whether pairs that are the same are no negatives of each other: then it is gathered which pairs those are. */
export function masksNegatives({ loss }: Config): boolean {
  return loss.falseNegatives === 'mask' && loss.global.weight > 0;
}

/** @param gathered embeddings [B, d] of the whole batch by name and, where negatives are masked, identities [B, 4] */
export async function globalLossesOf(
  { engine, passes, config }: StepParts,
  state: TrainingState,
  gathered: Rows,
  step: number,
): Promise<GlobalLosses> {
  const { identity, ...embeddings }: Partial<Rows> & Rows = gathered;
  const inputs = globalInputs(engine, config, state, { identity, embeddings }, step);
  const { prototypes: _, ...uploaded } = inputs;
  const { losses, gradients } = await passes.globalLosses(inputs);
  const { prototypes: prototypeGradient, ...ofEmbeddings } = gradients;
  const result = {
    losses: mapValues(losses, (tensor) => engine.read(tensor)[0]),
    embeddingGradients: mapValues(ofEmbeddings, (tensor) => engine.read(tensor)),
    prototypeGradient,
  };
  tf.dispose([uploaded, losses, ofEmbeddings]);
  return result;
}

function globalInputs(
  engine: Engine,
  config: Config,
  { parameters, queues }: TrainingState,
  { identity, embeddings }: { identity: Float32Array | undefined; embeddings: Rows },
  step: number,
): GlobalLossInputs {
  const { batchSize } = config;
  const weight = parameters['prototypes.weight'];
  const recent = queueIsFull(step, config) ? Array.from(queues) : [];
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
