/** What is said of a step: to the coordinator, and to whoever reads this worker's metrics. */
import type { Generation } from './generation.js';
import { hashState } from './hash-state.js';
import type { OwnReport, StepReport } from './session.js';
import type { Phase } from './step-clock.js';
import type { StepResult } from './step-parts.js';
import type { WorkerParts } from './worker-parts.js';

/** The same on every rank. */
export function reportOf({ whole, account, gradNorm, learningRate, skipped }: StepResult): StepReport {
  return {
    losses: { ...whole },
    ...{ gradNorm, learningRate },
    rows: [...account.rows],
    ranks: [...account.ranks],
    skipped: skipped?.reason ?? '',
    skippedRows: [...(skipped?.rows ?? [])],
  };
}

/** After the step is applied. */
export async function ownReport(
  { session, engine, state }: WorkerParts,
  phaseSeconds: Record<Phase, number>,
): Promise<OwnReport> {
  const { hashSteps } = session.config.integrity;
  const hashed = hashSteps > 0 && state!.step % hashSteps === 0;
  return { phaseSeconds, stateHash: hashed ? (await hashState(engine, state!)).whole : '' };
}

/** Counts the step in the metrics. */
export function observeStep(parts: WorkerParts, generation: Generation, phases: Record<Phase, number>): void {
  const { metrics, session, state, newestReport } = parts;
  const { start, end } = generation.share;
  generation.observeTraffic(metrics);
  for (const [phase, seconds] of Object.entries(phases)) metrics.phase(phase, seconds);
  metrics.step(state!.step, (end - start) * session.config.microBatchSize, newestReport?.losses ?? {});
}
