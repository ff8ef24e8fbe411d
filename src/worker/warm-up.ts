/**
 * The passes of a step on a state that is thrown away, before a worker says that it is ready: tracing and compiling then cost those
 * nothing who train already. Shapes are those of a true step on one micro-batch; numbers mean nothing.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { SoloRing } from '../collectives/ring.js';
import { partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import { microBatchCount, stepsPerEpoch } from '../core/plan.js';
import { random } from '../core/random.js';
import { allocateBatch, writeReport } from '../data/batch.js';
import type { Dataset } from '../data/dataset.js';
import type { StepBatches } from '../data/loader.js';
import { modelLayout } from '../encoders/model-layout.js';
import { GROUPS } from '../encoders/parameter-groups.js';
import { backwardAll, type Reductions } from './backward.js';
import { createSums } from './create-sums.js';
import { encodeAll } from './encode.js';
import { gatherRows } from './gather-rows.js';
import { gatheredNames } from './global-losses.js';
import { addPrototypeGradient, globalLossesOf } from './global-step.js';
import { uploadAll } from './micro-batch-tensors.js';
import { StepClock } from './step-clock.js';
import type { Gather, StepParts } from './step-parts.js';
import { StepScope } from './step-scope.js';
import {
  disposeState,
  optimizerLayout,
  uploadState,
  zeroTensors,
  type HostState,
  type TrainingState,
} from './training-state.js';
import { applyUpdate, gradientNorm } from './update.js';
import type { WorkerParts } from './worker-parts.js';

/** Compiles what a step needs, and leaves nothing else. */
export async function warmUp(parts: WorkerParts): Promise<void> {
  const { session, dataset, log } = parts;
  const { config } = session;
  if (!config.engine.compile) return;
  const started = performance.now();
  const state = uploadState(zeroState(config, dataset.vocabulary.length), config, 0);
  const stepParts = partsFor(parts, state);
  try {
    await runPasses(stepParts, state, batchesOf(config, dataset));
    // Once queues are full the losses read them too.
    if (fillQueues(state)) await runPasses(stepParts, state, batchesOf(config, dataset));
  } finally {
    disposeState(state);
  }
  log.info('compiled', { seconds: ((performance.now() - started) / 1000).toFixed(1) });
}

/** Drawing weights takes seconds; what these give is looked at by nobody, finite or not. */
function zeroState(config: Config, vocabularySize: number): HostState {
  return {
    model: zeroTensors(modelLayout(config, vocabularySize)),
    optimizer: zeroTensors(optimizerLayout(config, vocabularySize)),
  };
}

/** What trainStep runs, but for the tally of a whole batch. */
async function runPasses(parts: StepParts, state: TrainingState, batches: StepBatches): Promise<void> {
  const scope = new StepScope();
  const underWay = { ...parts, scope };
  const { step, epoch } = batches;
  try {
    const microBatches = uploadAll(underWay, batches);
    const { rows, kept } = await encodeAll(underWay, state, microBatches, gatheredNames(partsOf(parts.config)));
    const gathered = await gatherRows(underWay, step, rows, microBatches);
    const global = await globalLossesOf(underWay, state, gathered);
    addPrototypeGradient(underWay, global, batches);
    const given = { microBatches, kept, embeddingGradients: global.embeddingGradients };
    const sums = await complete((await backwardAll(underWay, state, given)).reductions);
    const norm = await gradientNorm(underWay, state, sums);
    const { embeddings } = gathered;
    await applyUpdate(underWay, state, { step, epoch, sums, norm, learningRate: 0, embeddings });
  } finally {
    await scope.end();
    for (const group of GROUPS) parts.sums[group].clear();
  }
}

async function complete({ joint, text, vision }: Reductions): Promise<tf.NamedTensorMap> {
  return { ...(await joint), ...(await text), ...(await vision) };
}

function partsFor({ session, engine, dataset, knowledge, passes }: WorkerParts, state: TrainingState): StepParts {
  const { config, ended: signal } = session;
  const { step } = placeOf(config, dataset);
  return {
    ...{ engine, config, knowledge, passes, signal, rank: 0, ring: new SoloRing(), steps: step + 1 },
    stepsPerEpoch: stepsPerEpoch({ rows: dataset.train.length, batchSize: config.batchSize }),
    trainingRows: dataset.train.length,
    gather: repeat(microBatchCount(config)),
    sums: createSums(engine, config, state),
    clock: new StepClock(),
  };
}

/** One micro-batch's rows in place of all. */
function repeat(times: number): Gather {
  return async (_step, own) =>
    Object.fromEntries(
      own.map(({ name, data }) => {
        const whole = new Float32Array(data.length * times);
        for (let index = 0; index < times; index++) whole.set(data, index * data.length);
        return [name, whole];
      }),
    );
}

/** A step in which everything is trained that ever is. */
function placeOf({ loss, batchSize }: Config, { train }: Dataset): { step: number; epoch: number } {
  const epoch = loss.prototypes.frozenEpochs;
  return { epoch, step: epoch * stepsPerEpoch({ rows: train.length, batchSize }) };
}

/** The first training reports, with noise for images: no file need be read for it. */
function batchesOf(config: Config, dataset: Dataset): StepBatches {
  const { microBatchSize: size, model, data, seed } = config;
  const batch = allocateBatch(size, model.vision.imageSize, data.maxPieces);
  const draw = random(seed, 'warm-up');
  batch.images.forEach((_, at) => (batch.images[at] = draw.integer(256)));
  const rows = Int32Array.from({ length: size }, (_, row) => row);
  for (const row of rows) writeReport(batch, row, dataset.tokenizer.tokenize(dataset.train[row].text));
  const microBatch = { index: 0, firstRow: 0, rows, ...batch };
  return { ...placeOf(config, dataset), microBatches: [microBatch], waitMs: 0, unusableRows: 0 };
}

/** False where there are none. */
function fillQueues(state: TrainingState): boolean {
  state.queues = new Map(
    Array.from(state.queues, ([name, { shape, data }]) => [name, { shape, data: data.map(() => 1 / shape[1]) }]),
  );
  return state.queues.size > 0;
}
