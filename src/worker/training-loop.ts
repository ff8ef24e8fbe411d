/** Steps until the coordinator says stop: batches from the loader, a step, a commit, a checkpoint where this rank is told to. */
import { stepMetrics } from '../checkpoint/step-metrics.js';
import type { Ring } from '../collectives/ring.js';
import { microBatchCount, planner, shareOf, stepsPerEpoch } from '../core/plan.js';
import type { Logger } from '../core/log.js';
import { createLoader, type Loader } from '../data/loader.js';
import type { Dataset } from '../data/dataset.js';
import type { Engine } from '../engine/load.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { splitFrozen } from '../encoders/frozen.js';
import { ofGroup, type Group } from '../encoders/parameter-groups.js';
import { GradientSum } from './gradient-sum.js';
import type { Checkpointer } from './checkpointer.js';
import type { PairKnowledge } from './micro-batch-tensors.js';
import { createPasses } from './passes.js';
import type { Session, Start, StepReport } from './session.js';
import { StepClock } from './step-clock.js';
import type { Gather, StepParts, StepResult } from './step-parts.js';
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
  checkpointer: Checkpointer;
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
  const report = observe(parts, stepParts.clock, result);
  const { save, stop } = await session.commit(step, report);
  if (save && stop) await saveLast(parts);
  else if (save) await beginSave(parts);
  return stop;
}

/** Copies the state for a checkpoint; it is written while training goes on. */
async function beginSave(parts: TrainingParts, copyMs = 0): Promise<{ written: Promise<unknown> }> {
  const { session, state, metrics, checkpointer } = parts;
  const started = performance.now();
  const line = await stepMetrics(session.out, state.step);
  const begun = await checkpointer.save(state, { world: session.world, metrics: line, copyMs });
  metrics.phase('save', (performance.now() - started) / 1000);
  return begun;
}

/** Writes a checkpoint after which there is no step. Half of the time that the coordinator grants is for copying it. */
export async function saveLast(parts: TrainingParts): Promise<void> {
  const { written } = await beginSave(parts, parts.session.config.timeouts.stepMs / 2);
  await written;
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
  const { config, world } = session;
  const { trained: summed } = splitFrozen({ ...state.parameters, ...state.statistics }, config);
  const sumOf = (group: Group): GradientSum => new GradientSum(engine, ring, ofGroup(group, summed));
  return {
    engine,
    config,
    knowledge,
    steps,
    stepsPerEpoch: stepsPerEpoch({ rows: dataset.train.length, batchSize: config.batchSize }),
    passes: createPasses(engine, config),
    gather: world === 1 ? async (_step, rows) => rows : gatherOver(session),
    sums: { joint: sumOf('joint'), text: sumOf('text'), vision: sumOf('vision') },
    clock: new StepClock(),
  };
}

function gatherOver(session: Session): Gather {
  return async (step, own, rows) => {
    const tensors = Object.entries(own).map(([name, data]) => ({ name, rows, width: data.length / rows, data }));
    return Object.fromEntries(await session.gather(step, tensors));
  };
}

/** Counts the step in the metrics; what the coordinator is told of it. */
function observe(parts: TrainingParts, clock: StepClock, result: StepResult): StepReport {
  const { session, metrics, state, ring } = parts;
  const { whole, share, gradNorm, learningRate } = result;
  metrics.bytesSent('ring', ring.bytesSent - parts.ringBytesCounted);
  parts.ringBytesCounted = ring.bytesSent;
  const phases = clock.take();
  for (const [phase, seconds] of Object.entries(phases)) metrics.phase(phase, seconds);
  const { start, end } = shareOf(session.rank, session.world, microBatchCount(session.config));
  const losses = { ...whole, ...share, loss: result.loss };
  metrics.step(state.step, (end - start) * session.config.microBatchSize, losses);
  const [dataWaitSeconds, commWaitSeconds] = [phases.data, phases.gather + phases.reduce];
  return { whole, share, learningRate, gradNorm, dataWaitSeconds, commWaitSeconds };
}
