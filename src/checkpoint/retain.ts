/** Deletes from a store what the policy gives up. */
import { hasCode } from '../core/errors.js';
import { type Retained, type RetentionPolicy, toDelete } from './retention.js';
import type { CheckpointStore } from './store.js';

/** @param pinned steps that stay whatever the policy says: just written, or being read */
export async function retain(
  store: CheckpointStore,
  policy: RetentionPolicy,
  pinned: ReadonlySet<number>,
): Promise<number[]> {
  const stored: Retained[] = [];
  for (const step of await store.list()) stored.push({ step, metrics: await metricsOf(store, step, policy) });
  const given = toDelete(stored, policy).filter((step) => !pinned.has(step));
  for (const step of given) await store.remove(step).catch(unlessGone);
  return given;
}

/** Another process may have given it up meanwhile. */
function unlessGone(error: unknown): void {
  if (!hasCode(error, 'MLIP_E_CHECKPOINT_MISSING')) throw error;
}

/** A checkpoint that cannot be read is not the best one. */
async function metricsOf(
  store: CheckpointStore,
  step: number,
  { keepBest }: RetentionPolicy,
): Promise<Retained['metrics']> {
  if (keepBest === '') return undefined;
  return (await store.state(step).catch(() => undefined))?.metrics;
}
