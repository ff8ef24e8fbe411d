/** The files of the whole method's case as the worker has them: state, micro-batch, and what is known of its pairs. */
import { join } from 'node:path';
import { matchLayout } from '../../src/checkpoint/layout-match.js';
import { SoloRing } from '../../src/collectives/ring.js';
import type { Config } from '../../src/config/schema.js';
import type { HostTensor, HostTensors } from '../../src/core/host-tensor.js';
import type { MicroBatch, StepBatches } from '../../src/data/loader.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import type { Engine } from '../../src/engine/load.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { gatherAlone } from '../../src/worker/gather-rows.js';
import { createSums } from '../../src/worker/create-sums.js';
import type { PairFacts } from '../../src/worker/pair-facts.js';
import { createPasses } from '../../src/worker/passes.js';
import { queueLayout, viewOf } from '../../src/worker/prototype-queue.js';
import { StepClock } from '../../src/worker/step-clock.js';
import type { StepParts } from '../../src/worker/step-parts.js';
import { optimizerLayout, uploadState, zeroTensors, type TrainingState } from '../../src/worker/training-state.js';
import { FILES, readCases } from './side.js';

const { batch: ROWS, queue, text } = readCases().method;

/** The first step whose codes are balanced over a full queue. */
export const START_STEP = Math.ceil(queue / ROWS);
/** Of the run that the steps are of; long enough for the learning rate to stay small. */
const RUN_STEPS = 100_000;

/** Order of the queues in the batch file. */
const VIEWS = ['vision', 'text', 'knowledge'];

export interface MethodInputs {
  parts: StepParts;
  state: TrainingState;
  batches: StepBatches;
}

export async function readMethodInputs(engine: Engine, config: Config, folder: string): Promise<MethodInputs> {
  const batch = await readSafetensors(join(folder, FILES.batch));
  const model = await readModel(config, join(folder, FILES.weights));
  const state = uploadState({ model, optimizer: optimizerState(config, batch) }, config, START_STEP);
  const microBatches = [microBatchOf(batch)];
  return {
    parts: partsOf(engine, config, state, batch),
    state,
    batches: { step: START_STEP, epoch: 0, microBatches, waitMs: 0, unusableRows: 0 },
  };
}

/** Of a configuration without some part, its parameters are not asked for. */
async function readModel(config: Config, path: string): Promise<HostTensors> {
  const layout = modelLayout(config, text.vocabularySize);
  const names = new Set(layout.map(({ name }) => name));
  return matchLayout(await readSafetensors(path, (name) => names.has(name)), layout, path);
}

/** Moments of zero, and full queues. */
function optimizerState(config: Config, batch: HostTensors): HostTensors {
  const state = zeroTensors(optimizerLayout(config, text.vocabularySize));
  const { data } = batch.get('queues')!;
  const length = data.length / VIEWS.length;
  for (const { name, shape } of queueLayout(config)) {
    const at = VIEWS.indexOf(viewOf(name));
    state.set(name, { shape, data: data.slice(at * length, (at + 1) * length) });
  }
  return state;
}

function partsOf(engine: Engine, config: Config, state: TrainingState, batch: HostTensors): StepParts {
  return {
    ...{ engine, config, steps: RUN_STEPS, stepsPerEpoch: RUN_STEPS, trainingRows: ROWS },
    ...{ passes: createPasses(engine, config), clock: new StepClock() },
    ...{ rank: 0, ring: new SoloRing(), sums: createSums(engine, config, state) },
    ...{ gather: gatherAlone, signal: new AbortController().signal },
    knowledge: { factsOf: (row) => factsOf(batch, row), vectors: batch.get('concept_vectors')! },
  };
}

function microBatchOf(batch: HostTensors): MicroBatch {
  const values = (name: string): Float32Array => batch.get(name)!.data;
  return {
    ...{ index: 0, firstRow: 0, rows: Int32Array.from({ length: ROWS }, (_, row) => row) },
    images: Uint8Array.from(values('images')),
    pieceIds: Int32Array.from(values('ids')),
    pieceMask: Float32Array.from(values('mask')),
    wordOfPiece: Int32Array.from(values('word_of_piece')),
  };
}

/** Equal numbers stand for the same report or study; 0 would be a pair without a study. */
function factsOf(batch: HostTensors, row: number): PairFacts {
  const of = (name: string): Float32Array => rowOf(batch.get(name)!, row);
  const [position, concept, negated] = [of('position'), of('concept'), of('negated')];
  const count = of('link_mask').reduce((sum, used) => sum + used, 0);
  const links = Array.from(position.subarray(0, count), (word, at) => {
    return { word, concept: concept[at], negated: negated[at] === 1 };
  });
  return { report: [of('report')[0] + 1, 0], study: [of('study')[0] + 1, 0], links };
}

function rowOf({ shape, data }: HostTensor, row: number): Float32Array {
  const length = data.length / shape[0];
  return data.subarray(row * length, (row + 1) * length);
}
