/** Steps until the coordinator says stop: batches from the loader, a step, a commit, a checkpoint where this rank is told to. */
import type { Ring } from '../collectives/ring.js';
import { microBatchCount, planner, shareOf, stepsPerEpoch } from '../core/plan.js';
import type { Logger } from '../core/log.js';
import { createLoader, type Loader } from '../data/loader.js';
import type { Dataset } from '../data/dataset.js';
import type { Engine } from '../engine/load.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { MlipError } from '../core/errors.js';
import { gatherAlone } from './gather-rows.js';
import { createSums } from './create-sums.js';
import type { PairKnowledge } from './micro-batch-tensors.js';
import { createPasses } from './passes.js';
import { saveState } from './saved-state.js';
import type { Session, Start, StepReport } from './session.js';
import { StepClock } from './step-clock.js';
import type { Gather, Skipped, StepParts, StepResult } from './step-parts.js';
import { trainStep } from './train-step.js';
import type { TrainingState } from './training-state.js';

export interface TrainingParts {
  session: Session;
  engine: Engine;
  ring: Ring;
  dataset: Dataset;
  knowledge: PairKnowledge;
  state: TrainingState;
  metrics: WorkerMetrics;
  /** Bytes over the ring that the metrics already hold. */
  ringBytesCounted: number;
  log: Logger;
}

/** Returns when the coordinator ends the run after its last step or on request; throws what ends it otherwise. */
export async function runSteps(parts: TrainingParts, start: Start): Promise<void> {
  const { session, state } = parts;
  const loader = openLoader(parts, start);
  const stepParts = createStepParts(parts, start.steps);
  try {
    for (let stop = state.step >= start.steps; !stop;) stop = await oneStep(parts, stepParts, loader);
  } finally {
    loader.close();
  }
  session.aborted.throwIfAborted();
}

/** True after the last step. */
async function oneStep(parts: TrainingParts, stepParts: StepParts, loader: Loader): Promise<boolean> {
  const { session, state } = parts;
  const { step } = state;
  session.aborted.throwIfAborted();
  const batches = await loader.next(step);
  stepParts.clock.add('data', batches.waitMs);
  const result = await trainStep(stepParts, state, batches);
  if (result.skipped !== undefined) throw notFinite(result.skipped);
  const report = observe(parts, stepParts.clock, result);
  const { save, stop } = await session.commit(step, report);
  if (save) await saveNow(parts);
  return stop;
}

function notFinite({ reason }: Skipped): MlipError {
  return new MlipError('MLIP_E_NOT_FINITE', reason, {
    remedy: 'Lower optimizer.learningRate or optimizer.clipNorm, or look for broken rows with `mlip data check`.',
  });
}

/** Writes a checkpoint and tells the coordinator. */
export async function saveNow({ engine, session, dataset, state, metrics }: TrainingParts): Promise<void> {
  const started = performance.now();
  const path = await saveState(engine, session, dataset.vocabulary, state);
  metrics.phase('save', (performance.now() - started) / 1000);
  session.saved(state.step, path);
}

function openLoader({ session, dataset, state, log }: TrainingParts, { steps }: Start): Loader {
  const { config, rank, world } = session;
  const { seed, batchSize, microBatchSize } = config;
  return createLoader({
    pairs: dataset.train,
    manifestPath: dataset.manifest.path,
    tokenizer: dataset.tokenizer,
    config,
    plan: planner({ seed, batchSize, microBatchSize, rows: dataset.train.length }),
    share: shareOf(rank, world, microBatchCount(config)),
    startStep: state.step,
    endStep: steps,
    log,
  });
}

function createStepParts(
  { session, engine, ring, state, dataset, knowledge }: TrainingParts,
  steps: number,
): StepParts {
  const { config, rank, world } = session;
  return {
    ...{ engine, config, rank, ring, knowledge, steps },
    stepsPerEpoch: stepsPerEpoch({ rows: dataset.train.length, batchSize: config.batchSize }),
    trainingRows: dataset.train.length,
    passes: createPasses(engine, config),
    gather: world === 1 ? gatherAlone : gatherOver(session),
    sums: createSums(engine, config, state),
    clock: new StepClock(),
    signal: session.aborted,
  };
}

function gatherOver(session: Session): Gather {
  return async (step, own) => Object.fromEntries(await session.gather(step, own));
}

/** Counts the step in the metrics; what the coordinator is told of it. */
function observe(parts: TrainingParts, clock: StepClock, result: StepResult): StepReport {
  const { session, metrics, state, ring } = parts;
  const { whole, gradNorm, learningRate } = result;
  metrics.bytesSent('ring', ring.bytesSent - parts.ringBytesCounted);
  parts.ringBytesCounted = ring.bytesSent;
  const phases = clock.take();
  for (const [phase, seconds] of Object.entries(phases)) metrics.phase(phase, seconds);
  const { start, end } = shareOf(session.rank, session.world, microBatchCount(session.config));
  metrics.step(state.step, (end - start) * session.config.microBatchSize, whole);
  const [dataWaitSeconds, commWaitSeconds] = [phases.data, phases.gather + phases.reduce];
  return { whole, learningRate, gradNorm, dataWaitSeconds, commWaitSeconds };
}
