/** Steps of a generation: batches from the loader, a step, a commit, a checkpoint where this worker is told to write one. */
import { planner, stepsPerEpoch } from '../core/plan.js';
import { createLoader, type Loader } from '../data/loader.js';
import { gatherAlone } from './gather-rows.js';
import type { Generation } from './generation.js';
import { createSums } from './create-sums.js';
import { saveNow } from './save-now.js';
import type { Assignment, Order } from './session.js';
import { StepClock } from './step-clock.js';
import type { Gather, StepParts } from './step-parts.js';
import { observeStep, ownReport, reportOf } from './step-report.js';
import { unlessAborted } from './step-scope.js';
import { trainStep } from './train-step.js';
import type { WorkerParts } from './worker-parts.js';

/**
 * Resolves to the order after the last step: a directive to stop, another generation, or the end. Rejects where the generation
 * is over before, once nothing of its step is under way any more; and with whatever else goes wrong.
 */
export async function runSteps(parts: WorkerParts, generation: Generation): Promise<Order> {
  const loader = loaderOf(parts, generation.assignment);
  const stepParts = stepPartsOf(parts, generation);
  for (;;) {
    const order = await oneStep(parts, generation, stepParts, loader);
    if (order.kind !== 'directive') return order;
    if (order.save) await saveNow(parts, order.stop);
    if (order.stop) return order;
    generation.move(order.boundaries);
  }
}

async function oneStep(
  parts: WorkerParts,
  generation: Generation,
  stepParts: StepParts,
  loader: Loader,
): Promise<Order> {
  const { session, metrics, state } = parts;
  const { assignment, share } = generation;
  const { step } = state!;
  parts.whereabouts.begin(step);
  const batches = await unlessAborted(assignment.over, () => loader.next(step, share));
  stepParts.clock.add('data', batches.waitMs);
  metrics.unusableRows(batches.unusableRows);
  try {
    const result = await trainStep(stepParts, state!, batches);
    generation.withdraw();
    parts.newestReport = reportOf(result);
  } catch (error) {
    metrics.abandonedStep();
    throw error;
  }
  const phases = stepParts.clock.take();
  observeStep(parts, generation, phases);
  return session.commit(assignment, step, parts.newestReport, await ownReport(parts, phases));
}

/** Opened once: what is decoded outlives a generation. */
function loaderOf(parts: WorkerParts, { steps: endStep }: Assignment): Loader {
  const { session, dataset, log } = parts;
  const { config } = session;
  const { seed, batchSize, microBatchSize } = config;
  return (parts.loader ??= createLoader({
    pairs: dataset.train,
    manifestPath: dataset.manifest.path,
    tokenizer: dataset.tokenizer,
    config,
    plan: planner({ seed, batchSize, microBatchSize, rows: dataset.train.length }),
    endStep,
    log,
  }));
}

function stepPartsOf(parts: WorkerParts, { assignment, ring }: Generation): StepParts {
  const { session, engine, dataset, knowledge, passes, state } = parts;
  const { rank, peers, steps, over: signal } = assignment;
  const { config } = session;
  return {
    ...{ engine, config, rank, ring, knowledge, passes, steps, signal },
    stepsPerEpoch: stepsPerEpoch({ rows: dataset.train.length, batchSize: config.batchSize }),
    trainingRows: dataset.train.length,
    gather: peers.length === 1 ? gatherAlone : gatherOver(parts, assignment),
    sums: (parts.sums ??= createSums(engine, config, state!)),
    clock: new StepClock(),
  };
}

function gatherOver({ session }: WorkerParts, assignment: Assignment): Gather {
  return async (step, own) => Object.fromEntries(await session.gather(assignment, step, own));
}
