/** Where a run goes on whose directory may have been lost, but not the store of its coordinators. */
import type { Store } from '../../bus/store.js';
import type { Config } from '../../config/schema.js';
import { archivedCheckpoints } from '../../coordinator/archive/archived-checkpoints.js';
import { restoreLines } from '../../coordinator/archive/fetch-reports.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import { findResume, type ResumePoint } from './resume.js';

export interface ResumedRun {
  /** In the store. */
  name: string;
  out: string;
  config: Config;
}

/** @throws what `findResume` does, and MLIP_E_STORE_* */
export async function findResumeInStore(
  { name, out, config }: ResumedRun,
  store: Store | null,
  log: Logger,
): Promise<ResumePoint> {
  const warn = (message: string): void => log.warn(message);
  if (store === null) return findResume(out, config, warn);
  const archived = await archivedCheckpoints(store, name, out);
  const found = await findResume(out, config, warn, archived);
  if (archived.length > 0) {
    await restoreLines(store, name, out).catch((error: unknown) => {
      log.warn('the steps before are missing in metrics.jsonl', { store: store.where, reason: messageOf(error) });
    });
  }
  return found;
}
