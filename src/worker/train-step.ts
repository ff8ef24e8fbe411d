/**
 * One step of training, as design.md draws it:
 *
 *   batch -> encode -> gather -> loss -> backward -> reduce (sum) -> clip -> optimiser
 *
 * A rank that holds one micro-batch keeps its residuals from encoding to backward. One that holds several keeps none and
 * encodes each again (gradient cache), so that its memory grows with the micro-batch and not with the batch. A rank that
 * holds none follows: it gets what the others computed, and applies the same update.
 */
import { partsOf } from '../config/parts.js';
import type { StepBatches } from '../data/loader.js';
import { GROUPS } from '../encoders/parameter-groups.js';
import { learningRateAt } from '../optim/schedule.js';
import { backwardAll } from './backward.js';
import { encodeAll } from './encode.js';
import { gatherRows } from './gather-rows.js';
import { gatheredNames } from './global-losses.js';
import { addPrototypeGradient, globalLossesOf } from './global-step.js';
import { uploadAll } from './micro-batch-tensors.js';
import { reduceStep, type ReducedStep } from './reduce-step.js';
import { skippedFor } from './skipped-step.js';
import type { Rows, StepParts, StepResult, StepUnderWay } from './step-parts.js';
import { StepScope } from './step-scope.js';
import type { TrainingState } from './training-state.js';
import { applyUpdate, gradientNorm } from './update.js';

/**
 * Applies the step to `state`, or skips it where the loss or a gradient is not finite: then nothing but `state.step` changes.
 *
 * Rejects with the reason of `parts.signal` when that is aborted before the update has begun, and with whatever else goes
 * wrong. The state is then as it was, the sums are empty, and no tensor is left. Where reductions were under way the ring is
 * closed. An update that has begun is completed; only TensorFlow itself can break it (`state.whole` is false then).
 */
export async function trainStep(parts: StepParts, state: TrainingState, batches: StepBatches): Promise<StepResult> {
  const scope = new StepScope();
  try {
    return await takeStep({ ...parts, scope }, state, batches);
  } catch (error) {
    scope.abandon(parts.ring);
    throw error;
  } finally {
    await scope.end();
    for (const group of GROUPS) parts.sums[group].clear();
  }
}

async function takeStep(parts: StepUnderWay, state: TrainingState, batches: StepBatches): Promise<StepResult> {
  const { clock, config } = parts;
  const microBatches = uploadAll(parts, batches);
  const names = gatheredNames(partsOf(config));
  const { rows, kept } = await clock.time('encode', () => encodeAll(parts, state, microBatches, names));
  const gathered = await clock.time('gather', () => gatherRows(parts, batches.step, rows, microBatches));
  const global = await clock.time('loss', () => globalLossesOf(parts, state, gathered));
  addPrototypeGradient(parts, global, batches);
  const given = { microBatches, kept, embeddingGradients: global.embeddingGradients };
  const back = await clock.time('backward', () => backwardAll(parts, state, given));
  const reduced = await clock.time('reduce', () => reduceStep(parts, batches, global, back));
  return clock.time('update', () => conclude(parts, state, batches, { ...reduced, embeddings: gathered.embeddings }));
}

/** Applies the step where that can be done. */
async function conclude(
  parts: StepUnderWay,
  state: TrainingState,
  { step, epoch }: StepBatches,
  found: ReducedStep & { embeddings: Rows },
): Promise<StepResult> {
  const { sums, tally, embeddings } = found;
  const account = tally.account(parts.ring.world);
  const norm = await gradientNorm(parts, state, sums);
  const gradNorm = parts.engine.read(norm)[0];
  const learningRate = learningRateAt(step, parts.steps, parts.config.optimizer);
  const skipped = skippedFor(parts, state, { ...found, step, gradNorm, account });
  parts.signal.throwIfAborted();
  if (skipped === undefined) await applyUpdate(parts, state, { step, epoch, sums, norm, learningRate, embeddings });
  else state.step = step + 1;
  return { whole: tally.losses, account, gradNorm, learningRate, ...(skipped && { skipped }) };
}
