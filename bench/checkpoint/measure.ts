/**
 * What a checkpoint of 1 GiB costs a run: `node dist/bench/checkpoint/measure.js DIR --threads 2 --steps 5`. Prints one
 * CheckpointReport as JSON.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { newestWhole } from '../../src/checkpoint/newest-whole.js';
import { createLogger } from '../../src/core/log.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { Checkpointer } from '../../src/worker/checkpointer.js';
import { downloadState, type TrainingState } from '../../src/worker/training-state.js';
import { median } from '../benchmark.js';
import { openTraining, type Training } from './training.js';

const WARM_UP_STEPS = 3;
const RESOLUTION_MS = 1;
/** Three of each make 1 GiB; a parameter has the size of a feed-forward matrix of ViT-B. */
const PARAMETERS = 38;
const SHAPE = [768, 3072];

export interface CheckpointReport {
  /** Milliseconds of a step while nothing is written, and while a checkpoint is. */
  step: number;
  stepWhileWriting: number;
  /** For a checkpoint beside training: how long training waits, the longest stall of the event loop, until it is on disk. */
  waits: number;
  stall: number;
  written: number;
  /** The same for one that training waits for, on its own thread. */
  waitsAlone: number;
  stallAlone: number;
  /** Longest stall while the newest whole checkpoint is looked for, and how long that takes. */
  stallSearching: number;
  searched: number;
  bytes: number;
}

function largeState(engine: Engine): TrainingState {
  const values = new Float32Array(SHAPE[0] * SHAPE[1]).map((_, i) => i);
  const tensors = (): tf.NamedTensorMap =>
    Object.fromEntries(
      Array.from({ length: PARAMETERS }, (_, i) => [`layer${i}.weight`, engine.upload(values, SHAPE)]),
    );
  const [parameters, first, second] = [tensors(), tensors(), tensors()];
  return { parameters, first, second, statistics: {}, queues: new Map(), step: 0, whole: true };
}

/** How long `work` takes, and the longest time in which nothing else had its turn. */
async function watched<T>(work: () => Promise<T>): Promise<{ result: T; milliseconds: number; stall: number }> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // Its first turn counts for nothing: the work must begin after it.
  await sleep(10 * RESOLUTION_MS);
  const start = performance.now();
  const result = await work();
  const milliseconds = performance.now() - start;
  await sleep(10 * RESOLUTION_MS);
  delay.disable();
  return { result, milliseconds, stall: delay.max / 1e6 - RESOLUTION_MS };
}

async function steps(training: Training, count: number): Promise<number> {
  const times: number[] = [];
  for (let done = 0; done < count; done++) times.push(await training.step());
  return median(times);
}

/** Steps for as long as `until` takes; the median of their times. */
async function stepsUntil(training: Training, until: Promise<unknown>): Promise<number> {
  let over = false;
  void until.finally(() => (over = true));
  const times: number[] = [];
  while (!over) times.push(await training.step());
  return median(times);
}

async function measure(engine: Engine, folder: string, count: number): Promise<CheckpointReport> {
  const training = openTraining(engine);
  const state = largeState(engine);
  await steps(training, WARM_UP_STEPS);
  const step = await steps(training, count);
  const beside = await besideTraining(engine, training, state, join(folder, 'beside'));
  const alone = await watched(() => saveAlone(engine, state, join(folder, 'alone')));
  const search = await watched(() => newestWhole(join(folder, 'alone'), { warn: () => undefined }));
  return {
    ...{ step, ...beside },
    ...{ waitsAlone: alone.milliseconds, stallAlone: alone.stall },
    ...{ stallSearching: search.stall, searched: search.milliseconds },
    bytes: 3 * PARAMETERS * SHAPE[0] * SHAPE[1] * 4,
  };
}

async function besideTraining(engine: Engine, training: Training, state: TrainingState, out: string) {
  const checkpointer = new Checkpointer({
    ...{ engine, config: training.config, out, runId: 'bench', vocabulary: [] },
    ...{ log: createLogger({ name: 'bench', level: 'error' }), onSaved: () => undefined, onFailed: () => undefined },
  });
  // The first one has to find memory, and starts the thread.
  await (
    await checkpointer.save(state, { world: 1 })
  ).written;
  const quiet = await watched(async () => {
    const taken = await watched(() => checkpointer.save(state, { world: 1 }));
    await taken.result.written;
    return taken;
  });
  const { written } = await checkpointer.save(state, { world: 1 });
  const stepWhileWriting = await stepsUntil(training, written);
  await checkpointer.close();
  return {
    ...{ stepWhileWriting, waits: quiet.result.milliseconds },
    ...{ stall: Math.max(quiet.stall, quiet.result.stall), written: quiet.milliseconds },
  };
}

/** As it was before there was a thread for it. */
async function saveAlone(engine: Engine, state: TrainingState, out: string): Promise<void> {
  const about = { step: state.step, runId: 'bench', seed: 1, world: 1, configHash: 'none' };
  await saveCheckpoint(out, { ...downloadState(engine, state), state: about, files: {} });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '1' }, steps: { type: 'string', default: '5' } },
});
const [folder] = positionals;
const engine = await loadEngine({ device: 'cpu', threads: Number(values.threads) });
const report = await measure(engine, folder, Number(values.steps));
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(report)}\n`);
