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
import { gatherAlone } from '../../src/worker/gather-rows.js';
import { createSums } from '../../src/worker/create-sums.js';
import type { PairFacts } from '../../src/worker/pair-facts.js';
import { createPasses } from '../../src/worker/passes.js';
import { StepClock } from '../../src/worker/step-clock.js';
import type { StepParts } from '../../src/worker/step-parts.js';
import { initialState, uploadState, type TrainingState } from '../../src/worker/training-state.js';

const VOCABULARY = 40;
const PAIRS = 50;
const CONCEPTS = 6;
const STEPS = 10;
const STEPS_PER_EPOCH = 2;

const SETTINGS = [
  ...['batchSize=8', 'microBatchSize=4', 'data.maxPieces=8'],
  ...['model.vision.imageSize=32', 'model.vision.patchSize=16', 'model.vision.width=16', 'model.vision.layers=1'],
  ...['model.vision.heads=2', 'model.vision.mlpWidth=32', 'model.vision.dropout=0.1'],
  ...['model.text.width=16', 'model.text.layers=1', 'model.text.heads=2', 'model.text.mlpWidth=32'],
  ...['model.headWidth=32', 'model.embeddingWidth=16', 'optimizer.learningRate=0.01'],
];

/** Settings of every loss. */
export const METHOD = [
  ...['loss.divergence.enabled=true', 'loss.local.weight=1', 'loss.prototypes.weight=1', 'loss.prototypes.count=12'],
  ...['loss.prototypes.queue=10', 'loss.itm.weight=1', 'loss.ts.weight=1', 'loss.falseNegatives=mask'],
  ...['knowledge.enabled=true', 'knowledge.width=6', 'knowledge.maxLinks=4', 'model.fusion.layers=2'],
  ...['model.fusion.heads=2', 'model.fusion.mlpWidth=32', 'model.fusion.dropout=0.1', 'model.text.dropout=0.1'],
];

export function smallConfig(...more: string[]): Config {
  return resolveConfig({ recipeOrFile: 'clip-nano', set: [...SETTINGS, ...more] }).config;
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
  const parts: StepParts = {
    ...{
      engine,
      config,
      steps: STEPS,
      stepsPerEpoch: STEPS_PER_EPOCH,
      trainingRows: PAIRS,
      knowledge: noiseKnowledge(config),
      passes: createPasses(engine, config),
      clock: new StepClock(),
    },
    ...{ rank: 0, ring: new SoloRing(), gather: gatherAlone, sums: createSums(engine, config, state) },
    signal: new AbortController().signal,
  };
  return { parts, state };
}

/** Another one from the beginning, with what is compiled already: compiling takes longer than all else. */
export function begunAnew({ parts }: SmallStep): SmallStep {
  const { engine, config } = parts;
  const state = uploadState(initialState(config, VOCABULARY), config, 0);
  return { parts: { ...parts, sums: createSums(engine, config, state), clock: new StepClock() }, state };
}

/** The engine of this process with another compiler: it allows one context, whose functions have names of their own. */
export async function engineWith(compiler: Compiler | undefined): Promise<Engine> {
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
  const epoch = Math.floor(step / STEPS_PER_EPOCH);
  return { step, epoch, microBatches, waitMs: 0, unusableRows: 0 };
}

function noise({ microBatchSize: size, data, model }: Config, index: number, seed: number): MicroBatch {
  const draw = random(seed, 'noise');
  const fill = (length: number, bound: number): number[] => Array.from({ length }, () => draw.integer(bound));
  return {
    ...{ index, firstRow: index * size, rows: Int32Array.from(fill(size, PAIRS)) },
    images: Uint8Array.from(fill(size * model.vision.imageSize ** 2, 256)),
    pieceIds: Int32Array.from(fill(size * data.maxPieces, VOCABULARY)),
    pieceMask: new Float32Array(size * data.maxPieces).fill(1),
    // Two pieces make a word; the last one is SEP.
    wordOfPiece: Int32Array.from({ length: size * data.maxPieces }, (_, i) =>
      wordOf(i % data.maxPieces, data.maxPieces),
    ),
  };
}

function wordOf(piece: number, pieces: number): number {
  return piece === 0 || piece === pieces - 1 ? -1 : Math.floor((piece - 1) / 2);
}

/** Pairs of which some are alike, with links to a few concepts. */
function noiseKnowledge({ knowledge }: Config): StepParts['knowledge'] {
  const draw = random(7, 'concepts');
  const data = Float32Array.from({ length: CONCEPTS * knowledge.width }, () => draw.normal());
  return { factsOf, vectors: { shape: [CONCEPTS, knowledge.width], data } };
}

function factsOf(row: number): PairFacts {
  const draw = random(row, 'facts');
  const links = Array.from({ length: row % 4 }, () => {
    return { word: draw.integer(3), concept: draw.integer(CONCEPTS), negated: draw.integer(2) === 1 };
  });
  return { report: [Math.floor(row / 2), 1], study: row % 5 === 0 ? [1, 1] : [0, 0], links };
}

export function values(tensors: tf.NamedTensorMap, engine: Engine): Map<string, Float32Array> {
  return new Map(Object.entries(tensors).map(([name, tensor]) => [name, engine.read(tensor)]));
}

/** Largest |a - b| in units of the largest |b|. */
export function distance(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return b.reduce((most, value, i) => Math.max(most, Math.abs(a[i] - value)), 0) / largest;
}

/** Everything that training changes, by names of its own. */
export function stateValues({ parameters, first, second, statistics, queues }: TrainingState, engine: Engine) {
  const named = Object.entries({ parameters, first, second, statistics }).flatMap(([kind, tensors]) =>
    Array.from(values(tensors, engine), ([name, data]) => [`${kind}.${name}`, data] as const),
  );
  return new Map([...named, ...Array.from(queues, ([name, { data }]) => [name, data] as const)]);
}
