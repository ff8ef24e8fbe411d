/** A training run in one process, with batches of noise: what checkpoints are measured beside. */
import { SoloRing } from '../../src/collectives/ring.js';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { random } from '../../src/core/random.js';
import type { StepBatches } from '../../src/data/loader.js';
import type { Engine } from '../../src/engine/load.js';
import { createSums } from '../../src/worker/create-sums.js';
import { gatherAlone } from '../../src/worker/gather-rows.js';
import { createPasses } from '../../src/worker/passes.js';
import { StepClock } from '../../src/worker/step-clock.js';
import type { StepParts } from '../../src/worker/step-parts.js';
import { trainStep } from '../../src/worker/train-step.js';
import { initialState, uploadState, type TrainingState } from '../../src/worker/training-state.js';

const VOCABULARY = 1000;
const STEPS = 10_000;
/** Of a step, so that its time is short beside that of a checkpoint. */
const SETTINGS = ['batchSize=8', 'microBatchSize=8'];

export interface Training {
  config: Config;
  /** Takes the next step; its time in milliseconds. */
  step(): Promise<number>;
}

export function openTraining(engine: Engine): Training {
  const { config } = resolveConfig({ recipeOrFile: 'clip-nano', set: SETTINGS });
  const state = uploadState(initialState(config, VOCABULARY), config, 0);
  const parts = partsFor(engine, config, state);
  const batches = noise(config);
  return {
    config,
    async step() {
      const start = performance.now();
      await trainStep(parts, state, { ...batches, step: state.step });
      return performance.now() - start;
    },
  };
}

function partsFor(engine: Engine, config: Config, state: TrainingState): StepParts {
  return {
    ...{ engine, config, rank: 0, ring: new SoloRing(), passes: createPasses(engine, config) },
    ...{ steps: STEPS, stepsPerEpoch: STEPS, trainingRows: STEPS },
    knowledge: { factsOf: () => ({ report: [0, 0], study: [0, 0], links: [] }) },
    ...{ gather: gatherAlone, sums: createSums(engine, config, state), clock: new StepClock() },
    signal: new AbortController().signal,
  };
}

function noise({ batchSize, data, model }: Config): StepBatches {
  const draw = random(1, 'noise');
  const fill = (length: number, bound: number): number[] => Array.from({ length }, () => draw.integer(bound));
  const pieces = batchSize * data.maxPieces;
  const microBatch = {
    ...{ index: 0, firstRow: 0, rows: Int32Array.from(fill(batchSize, STEPS)) },
    images: Uint8Array.from(fill(batchSize * model.vision.imageSize ** 2, 256)),
    pieceIds: Int32Array.from(fill(pieces, VOCABULARY)),
    pieceMask: new Float32Array(pieces).fill(1),
    wordOfPiece: new Int32Array(pieces).fill(-1),
  };
  return { step: 0, epoch: 0, microBatches: [microBatch], waitMs: 0, unusableRows: 0 };
}
