/** A checkpoint of the state as it is, because the coordinator asks for one. */
import { saveState } from './saved-state.js';
import type { WorkerParts } from './worker-parts.js';

/** Writes it and tells the coordinator. */
export async function saveNow({ engine, session, dataset, state, metrics, world }: WorkerParts): Promise<void> {
  const started = performance.now();
  const path = await saveState(engine, session, dataset.vocabulary, state!, world);
  metrics.phase('save', (performance.now() - started) / 1000);
  session.saved(state!.step, path);
}
