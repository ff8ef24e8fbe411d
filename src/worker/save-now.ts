/** A checkpoint of the state as it is, because the coordinator asks for one; `onSaved` of the checkpointer tells it. */
import type { SaveRequest } from './checkpointer.js';
import type { WorkerParts } from './worker-parts.js';

/**
 * Resolves once the state is copied, and the checkpoint is written while training goes on. The last one is waited for
 * until it is on disk, and half of the time that the coordinator grants for it may go into copying it to
 * checkpoint.destination. Only then is a checkpoint that cannot be written an error here.
 */
export async function saveNow(parts: WorkerParts, last = true, files: SaveRequest['files'] = {}): Promise<void> {
  const { session, state, world, metrics, checkpointer } = parts;
  const started = performance.now();
  const copyMs = last ? session.config.timeouts.stepMs / 2 : 0;
  const { written } = await checkpointer.save(state!, { world, metrics: metricsOfStep(parts), copyMs, files });
  metrics.phase('save', (performance.now() - started) / 1000);
  if (last) await written;
}

/** Of the newest step, by the columns of metrics.jsonl; undefined where this worker has copied the state. */
function metricsOfStep({ newestReport }: WorkerParts): Record<string, number> | undefined {
  if (newestReport === undefined) return undefined;
  const { losses, learningRate, gradNorm } = newestReport;
  return { ...losses, lr: learningRate, grad_norm: gradNorm };
}
