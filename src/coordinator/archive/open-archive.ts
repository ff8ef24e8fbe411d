/** Opens the archive of a run: which of the objects in the store are its own. */
import { messageOf } from '../../core/errors.js';
import { Manifests } from './manifest.js';
import { type ArchiveOptions, RunArchive } from './run-archive.js';
import { RunObjects } from './run-objects.js';

/** Null, and a warning, where the store does not take it: a run must not depend on what only comes second. */
export async function openArchive(options: ArchiveOptions): Promise<RunArchive | null> {
  const { shared, log } = options;
  try {
    const manifests = await Manifests.open(shared.store);
    const folder = await claimFolder(manifests, options);
    const archive = new RunArchive(options, manifests, await RunObjects.open(shared.store, shared.name, folder));
    if (options.origin !== 'new') archive.catchUp();
    return archive;
  } catch (error) {
    log.warn('nothing of this run is copied to the store', { store: shared.store.where, reason: messageOf(error) });
    return null;
  }
}

/** A run that goes on from a checkpoint of an earlier one goes on with its objects as well. */
async function claimFolder(manifests: Manifests, { shared, runId, out, origin }: ArchiveOptions): Promise<string> {
  const known = await manifests.read(shared.name);
  if (known?.runId === runId) return known.folder;
  if (known === null || origin !== 'resumed' || known.out !== out) return runId;
  await manifests.update(shared.name, (current) => ({ ...(current ?? known), runId }));
  return known.folder;
}
