/** Where the checkpoints of a run are besides its output directory, and what is copied there. */
import { openDestination } from '../checkpoint/destination.js';
import { newestWhole } from '../checkpoint/newest-whole.js';
import type { CheckpointStore } from '../checkpoint/store.js';
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import { openArchive } from './archive/open-archive.js';
import type { RunArchive } from './archive/run-archive.js';
import type { RunOutcome } from './events.js';
import type { SharedRun } from './leadership.js';
import type { RunRecord } from './run-record.js';
import type { RunSettings } from './state.js';

export interface Kept {
  config: Config;
  settings: RunSettings;
  /** Of an earlier coordinator of the run. */
  record: RunRecord | null;
  shared: SharedRun | null;
  log: Logger;
}

/** Null where the run has no store. */
export async function archiveOf({ config, settings, record, shared, log }: Kept): Promise<RunArchive | null> {
  if (shared === null) return null;
  const { runId, out, resume, timeouts } = settings;
  const saved = record === null ? resume : record.checkpoint;
  return openArchive({
    ...{ shared, runId, out, savedStep: saved?.step ?? null, checkpoint: config.checkpoint, log },
    origin: record !== null ? 'taken' : resume === null ? 'new' : 'resumed',
    // As long as a worker waits for copies of its own.
    limitMs: timeouts.stepMs / 2,
  });
}

/** What is to be done when the coordinator ends, after all files of the run are as they stay. */
export function closingOf(archive: RunArchive | null, ended: Promise<RunOutcome>): () => Promise<void> {
  let over: RunOutcome | null = null;
  ended.then(
    (outcome) => (over = outcome),
    () => undefined,
  );
  return async () => archive?.close(over);
}

/** Verified, for a run whose workers are all gone. */
export async function newestCheckpoint(
  { config, settings, log }: Kept,
  archive: RunArchive | null,
): Promise<{ step: number; path: string } | null> {
  const destination = await openDestination(config.checkpoint.destination);
  const elsewhere: (CheckpointStore | undefined)[] = [destination, archive?.checkpoints()];
  const found = await newestWhole(settings.out, {
    elsewhere: elsewhere.filter((store) => store !== undefined),
    warn: (message) => log.warn(message),
  });
  return found === undefined ? null : { step: found.step, path: found.path };
}
