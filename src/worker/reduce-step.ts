/** What the ranks add up in a step: gradients, batch statistics and the tally. */
import type * as tf from '@tensorflow/tfjs-core';
import { partsOf } from '../config/parts.js';
import type { StepBatches } from '../data/loader.js';
import { GROUPS } from '../encoders/parameter-groups.js';
import type { BackwardResult } from './backward.js';
import type { GlobalLosses } from './global-step.js';
import { microBatchLossNames } from './micro-batch-losses.js';
import type { StepUnderWay } from './step-parts.js';
import { unlessAborted } from './step-scope.js';
import { StepTally } from './step-tally.js';

export interface ReducedStep {
  /** Gradients summed over the global batch, and batch statistics summed over its micro-batches, by name. */
  sums: tf.NamedTensorMap;
  /** Of all ranks. */
  tally: StepTally;
}

/** Waits for the sums of all groups and, last, of the tally, to which this rank adds what it has to say. */
export async function reduceStep(
  parts: StepUnderWay,
  batches: StepBatches,
  global: GlobalLosses,
  back: BackwardResult,
): Promise<ReducedStep> {
  const { signal, ring, scope } = parts;
  return unlessAborted(signal, async () => {
    await back.called;
    const tally = tallyOf(parts, batches, global, back);
    const tallied = scope.reducing(ring.allReduce(tally.buffer));
    const [joint, text, vision] = await Promise.all(GROUPS.map((group) => back.reductions[group]));
    await tallied;
    return { sums: { ...joint, ...text, ...vision }, tally };
  });
}

/** Losses over the batch are those of the rank with the batch's first row: machines may differ in the last bit. */
function tallyOf(
  { config, trainingRows, rank, sums }: StepUnderWay,
  { step, microBatches }: StepBatches,
  global: GlobalLosses,
  back: BackwardResult,
): StepTally {
  const { batchSize, microBatchSize } = config;
  const names = { globalLosses: Object.keys(global.losses), microBatchLosses: microBatchLossNames(partsOf(config)) };
  const tally = new StepTally({ step, batchSize, microBatchSize, trainingRows, ...names });
  for (const microBatch of microBatches) tally.noteMicroBatch(rank, microBatch);
  if (microBatches[0]?.index === 0) tally.noteGlobalLosses(global.losses);
  for (const { microBatch, values } of back.losses) tally.noteLossesWithin(microBatch, values);
  for (const group of GROUPS) for (const index of sums[group].notFinite) tally.noteNotFinite(index);
  return tally;
}
