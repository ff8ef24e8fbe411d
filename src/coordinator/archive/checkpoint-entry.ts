/** What a manifest says of a checkpoint: its files with their hashes, and the places that have them. */
import type { DirectoryStore } from '../../checkpoint/directory-store.js';
import type { StateFile } from '../../checkpoint/state-file.js';
import type { CheckpointStore } from '../../checkpoint/store.js';
import { hasCode } from '../../core/errors.js';
import type { CheckpointEntry } from './manifest.js';

/** Null where the policy has given it up meanwhile: a newer one is there then. */
export async function checkpointEntry(
  source: DirectoryStore,
  stored: CheckpointStore,
  step: number,
): Promise<Omit<CheckpointEntry, 'destination'> | null> {
  const state = await stateOrNull(source, step);
  if (state === null) return null;
  const copy = await stateOrNull(stored, step);
  const { sha256, files } = state;
  const path = await source.locate(step);
  return { step, sha256, bytes: sizeOf(state), files, path, inStore: copy?.sha256 === sha256 };
}

async function stateOrNull(store: CheckpointStore, step: number): Promise<StateFile | null> {
  try {
    return await store.state(step);
  } catch (error) {
    if (hasCode(error, 'MLIP_E_CHECKPOINT_MISSING')) return null;
    throw error;
  }
}

function sizeOf({ files }: StateFile): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}
