// A small model with batches of noise, and everything that a training step of it needs, in this process.
import type * as tf from '@tensorflow/tfjs-core';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { SoloRing } from '../../src/collectives/ring.js';
import { random } from '../../src/core/random.js';
import type { MicroBatch, StepBatches } from '../../src/data/loader.js';
import { compile } from '../../src/engine/compile.js';
import { differentiable } from '../../src/engine/differentiable.js';
import type { Compiler } from '../../src/engine/graph-function.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { GradientSum } from '../../src/worker/gradient-sum.js';
import { createPasses, parametersOf, type Modality } from '../../src/worker/passes.js';
import { StepClock } from '../../src/worker/step-clock.js';
import type { StepParts } from '../../src/worker/step-parts.js';
import { initialState, uploadState, type TrainingState } from '../../src/worker/training-state.js';

const VOCABULARY = 40;
const STEPS = 10;

const SETTINGS = [
  ...['batchSize=8', 'microBatchSize=4', 'data.maxPieces=8'],
  ...['model.vision.imageSize=32', 'model.vision.patchSize=16', 'model.vision.width=16', 'model.vision.layers=1'],
  ...['model.vision.heads=2', 'model.vision.mlpWidth=32', 'model.vision.dropout=0.1'],
  ...['model.text.width=16', 'model.text.layers=1', 'model.text.heads=2', 'model.text.mlpWidth=32'],
  ...['model.headWidth=32', 'model.embeddingWidth=16', 'optimizer.learningRate=0.01'],
];

export function smallConfig(...more: string[]): Config {
  return resolveConfig({ recipeOrFile: 'nano', set: [...SETTINGS, ...more] }).config;
}

export interface SmallStep {
  parts: StepParts;
  state: TrainingState;
}

let instances = 0;

/** @param compiler undefined runs each operation by itself. */
export async function smallStep(config: Config, compiler: Compiler | undefined = 'executor'): Promise<SmallStep> {
  const engine = await engineWith(compiler);
  const state = uploadState(initialState(config, VOCABULARY), config, 0);
  const summed = { ...state.parameters, ...state.statistics };
  const ring = new SoloRing();
  const sumOf = (modality: Modality): GradientSum => new GradientSum(engine, ring, parametersOf(modality, summed));
  const parts: StepParts = {
    ...{ engine, config, steps: STEPS, passes: createPasses(engine, config), clock: new StepClock() },
    sums: { text: sumOf('text'), vision: sumOf('vision') },
    gather: async (_step, rows) => rows,
  };
  return { parts, state };
}

/** The engine of this process with another compiler: it allows one context, whose functions have names of their own. */
async function engineWith(compiler: Compiler | undefined): Promise<Engine> {
  const engine = await loadEngine({ device: 'cpu', threads: 1 });
  const context = { runtime: engine.runtime, backend: engine.backend, compiler };
  const instance = `small${instances++}`;
  return {
    ...engine,
    compile: (name, fn) => compile(context, `${instance}_${name}`, fn),
    differentiable: (name, fn) => differentiable(context, `${instance}_${name}`, fn),
  };
}

/** What the loader would give the only rank: noise, a function of the step. */
export function noiseBatches(config: Config, step: number): StepBatches {
  const count = config.batchSize / config.microBatchSize;
  const microBatches = Array.from({ length: count }, (_, index) => noise(config, index, step * count + index));
  return { step, epoch: 0, microBatches, waitMs: 0, unusableRows: 0 };
}

function noise({ microBatchSize: size, data, model }: Config, index: number, seed: number): MicroBatch {
  const draw = random(seed, 'noise');
  const fill = (length: number, bound: number): number[] => Array.from({ length }, () => draw.integer(bound));
  return {
    ...{ index, firstRow: index * size, rows: new Int32Array(size) },
    images: Uint8Array.from(fill(size * model.vision.imageSize ** 2, 256)),
    pieceIds: Int32Array.from(fill(size * data.maxPieces, VOCABULARY)),
    pieceMask: new Float32Array(size * data.maxPieces).fill(1),
  };
}

export function values(tensors: tf.NamedTensorMap, engine: Engine): Map<string, Float32Array> {
  return new Map(Object.entries(tensors).map(([name, tensor]) => [name, engine.read(tensor)]));
}

/** Largest |a - b| in units of the largest |b|. */
export function distance(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return b.reduce((most, value, i) => Math.max(most, Math.abs(a[i] - value)), 0) / largest;
}
