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
import { timedRing } from './step-timeline.js';
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
    const order = await timed(parts, generation, () => stepAndSave(parts, generation, stepParts, loader));
    if (order.kind !== 'directive') return order;
    if (order.stop) return order;
    generation.move(order.boundaries);
  }
}

/** Tells afterwards where the time went. */
async function timed(parts: WorkerParts, { assignment }: Generation, work: () => Promise<Order>): Promise<Order> {
  const { timeline, state, stepped, whereabouts } = parts;
  const [{ step }, { generation, rank }] = [state!, assignment];
  let abandoned = true;
  timeline.begin();
  whereabouts.begin(step);
  try {
    const order = await work();
    abandoned = false;
    return order;
  } finally {
    stepped({ step, generation, rank, abandoned, spans: timeline.end() });
  }
}

async function stepAndSave(
  parts: WorkerParts,
  generation: Generation,
  stepParts: StepParts,
  loader: Loader,
): Promise<Order> {
  const order = await oneStep(parts, generation, stepParts, loader);
  if (order.kind === 'directive' && order.save) {
    await parts.timeline.time('save', 'phases', () => saveNow(parts, order.stop));
  }
  return order;
}

async function oneStep(
  parts: WorkerParts,
  generation: Generation,
  stepParts: StepParts,
  loader: Loader,
): Promise<Order> {
  const { session, metrics, state, timeline } = parts;
  const { assignment, share } = generation;
  const { step } = state!;
  const batches = await timeline.time('data', 'phases', () =>
    unlessAborted(assignment.over, () => loader.next(step, share)),
  );
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
  const own = await ownReport(parts, phases);
  return timeline.time('commit', 'phases', () => session.commit(assignment, step, parts.newestReport!, own));
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

function stepPartsOf(parts: WorkerParts, { assignment, ring: bare }: Generation): StepParts {
  const { session, engine, dataset, knowledge, passes, state, timeline } = parts;
  const ring = bare.world === 1 ? bare : timedRing(bare, timeline);
  const { rank, peers, steps, over: signal } = assignment;
  const { config } = session;
  return {
    ...{ engine, config, rank, ring, knowledge, passes, steps, signal },
    stepsPerEpoch: stepsPerEpoch({ rows: dataset.train.length, batchSize: config.batchSize }),
    trainingRows: dataset.train.length,
    gather: peers.length === 1 ? gatherAlone : gatherOver(parts, assignment),
    sums: (parts.sums ??= createSums(engine, config, state!)),
    clock: new StepClock(timeline),
  };
}

function gatherOver({ session, timeline }: WorkerParts, assignment: Assignment): Gather {
  return async (step, own) =>
    timeline.time('gather rows', 'communication', async () =>
      Object.fromEntries(await session.gather(assignment, step, own)),
    );
}
