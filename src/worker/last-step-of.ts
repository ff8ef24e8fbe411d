/** The newest step goes along with a checkpoint, where the coordinator may not have recorded it. */
import { lastStepFile } from '../checkpoint/last-step.js';
import { stepsPerEpoch } from '../core/plan.js';
import type { WorkerParts } from './worker-parts.js';

/** Files of the checkpoint; none where this worker has not applied it itself. */
export function lastStepOf(parts: WorkerParts): Record<string, string> {
  const { newestReport, state, session, dataset, world, generation } = parts;
  if (newestReport === undefined || generation === undefined) return {};
  const perEpoch = stepsPerEpoch({ rows: dataset.train.length, batchSize: session.config.batchSize });
  return lastStepFile({ step: state!.step, generation, world, stepsPerEpoch: perEpoch, ...newestReport });
}
