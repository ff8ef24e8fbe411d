/** Takes a checkpoint from one store to another, or only reads it; either way every byte is compared with its hash. */
import { digestOf } from '../core/durable-file.js';
import { hasCode, MlipError } from '../core/errors.js';
import { damaged, faultOf } from './read-state.js';
import type { StateFile } from './state-file.js';
import type { CheckpointStore, StoredFile } from './store.js';

const REMEDY = 'Take another checkpoint.';

/**
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT with the file that is to blame, or what the stores throw;
 * in each case `to` has no half of it
 */
export async function copyCheckpoint(from: CheckpointStore, to: CheckpointStore, step: number): Promise<StateFile> {
  const state = await stateOf(from, step);
  try {
    await to.write(state, filesOf(from, state));
  } catch (error) {
    if (!hasCode(error, 'MLIP_E_CHECKPOINT_CORRUPT')) throw error;
    const where = `${await from.locate(step)}/${error.where}`;
    throw new MlipError(error.code, error.message, { where, remedy: REMEDY });
  }
  return state;
}

/**
 * Reads all of it.
 *
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT, or what the store throws
 */
export async function verifyCheckpoint(store: CheckpointStore, step: number): Promise<StateFile> {
  const state = await stateOf(store, step);
  for (const { name, digest, read } of filesOf(store, state)) {
    const fault = faultOf(await digestOf(read()), digest);
    if (fault !== undefined) throw damaged(`${await store.locate(step)}/${name}`, fault, REMEDY);
  }
  return state;
}

async function stateOf(store: CheckpointStore, step: number): Promise<StateFile> {
  const state = await store.state(step);
  if (state.step === step) return state;
  throw damaged(await store.locate(step), `its state.json is of step ${state.step}`, REMEDY);
}

function filesOf(store: CheckpointStore, { step, files }: StateFile): StoredFile[] {
  return Object.entries(files).map(([name, digest]) => ({ name, digest, read: () => store.read(step, name) }));
}
