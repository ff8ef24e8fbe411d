/** The checkpoints of a run that are in the store of its coordinators, for a run that goes on from them. */
import { resolve } from 'node:path';
import type { Store } from '../../bus/store.js';
import { listCheckpoints } from '../../checkpoint/checkpoint-directory.js';
import type { CheckpointStore } from '../../checkpoint/store.js';
import { Manifests } from './manifest.js';
import { RunObjects } from './run-objects.js';

/**
 * None where the store has none of that name. Those of a run of another output directory count only where this one has none: two
 * runs must not mix.
 */
export async function archivedCheckpoints(store: Store, run: string, out: string): Promise<CheckpointStore[]> {
  const manifest = await (await Manifests.open(store)).read(run);
  if (manifest === null) return [];
  if (manifest.out !== resolve(out) && (await listCheckpoints(out)).length > 0) return [];
  return [(await RunObjects.open(store, run, manifest.folder)).checkpoints()];
}
