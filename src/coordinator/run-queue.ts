/** A coordinator that takes submitted runs one after the other, until it is told to go. */
import type { QueueItem, Store } from '../bus/store.js';
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { type Submission, parseSubmission, submittedRuns } from './submission.js';

const WAIT_MS = 2_000;

export interface RunQueueOptions {
  store: Store;
  /** Runs a run to its end; an error MLIP_E_HANDED_OVER or MLIP_E_LEASE_LOST leaves it to somebody else. */
  run: (submission: Submission) => Promise<void>;
  /** No further run is taken. */
  signal: AbortSignal;
  log: Logger;
}

export async function takeRuns({ store, run, signal, log }: RunQueueOptions): Promise<void> {
  const queue = await submittedRuns(store);
  log.info('waiting for submitted runs', { store: store.where });
  while (!signal.aborted) {
    const item = await queue.take({ waitMs: WAIT_MS });
    if (item !== null) await workOn(item, queue.visibilityMs, run, log);
  }
}

/** The run stays with this coordinator while it works on it. */
async function workOn(item: QueueItem, visibilityMs: number, run: RunQueueOptions['run'], log: Logger): Promise<void> {
  const keeping = setInterval(() => void item.inProgress().catch(() => false), visibilityMs / 3);
  try {
    const submission = parseSubmission(item.value);
    log.info(`took run ${submission.name}`, { attempt: item.attempt });
    await run(submission);
    await item.done();
  } catch (error) {
    if (isForOthers(error)) await item.giveBack();
    else await item.done();
    log.error(
      `a submitted run ended badly: ${messageOf(error)}`,
      error instanceof MlipError ? { code: error.code } : {},
    );
  } finally {
    clearInterval(keeping);
  }
}

function isForOthers(error: unknown): boolean {
  return error instanceof MlipError && ['MLIP_E_HANDED_OVER', 'MLIP_E_LEASE_LOST'].includes(error.code);
}
