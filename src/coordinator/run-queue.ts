/** A coordinator that takes submitted runs one after the other, until it is told to go. */
import { outlast } from '../bus/outlast.js';
import { pause } from '../bus/pause.js';
import type { QueueItem, Store, WorkQueue } from '../bus/store.js';
import { type ErrorCode, MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { type Submission, parseSubmission, submittedRuns } from './submission.js';

const WAIT_MS = 2_000;

/** What keeps this coordinator from a run may keep it from the next one too. */
const RETRY_MS = 5_000;

export interface RunQueueOptions {
  store: Store;
  /**
   * Resolves when the run has ended, with what was wrong if it ended badly. Rejects where it has not: it is left to somebody
   * else, unless its submission is at fault.
   */
  run: (submission: Submission) => Promise<MlipError | null>;
  /** There is no run to work on yet. */
  waits?: () => void;
  /** No further run is taken. */
  signal: AbortSignal;
  log: Logger;
}

/** Rejects with what ended the run under way where `signal` was the reason. */
export async function takeRuns(options: RunQueueOptions): Promise<void> {
  const { store, signal, log } = options;
  const queue = await submittedRuns(store);
  log.info('waiting for submitted runs', { store: store.where });
  while (!signal.aborted) {
    const item = await take(queue, options);
    if (item !== null) await workOn(item, queue.visibilityMs, options);
  }
}

/** A store that is away is waited for. Null where there is none, or the signal is given. */
async function take(queue: WorkQueue, { signal, log, waits }: RunQueueOptions): Promise<QueueItem | null> {
  waits?.();
  try {
    return await outlast(() => queue.take({ waitMs: WAIT_MS }), { signal, log });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** The run stays with this coordinator while it works on it. */
async function workOn(item: QueueItem, visibilityMs: number, options: RunQueueOptions): Promise<void> {
  const keeping = setInterval(() => void item.inProgress().catch(() => false), visibilityMs / 3);
  try {
    const failure = await attempt(item, options);
    if (failure === null) return;
    if (options.signal.aborted) throw failure;
    const code = failure instanceof MlipError ? { code: failure.code } : {};
    options.log.error(`a submitted run ended badly: ${messageOf(failure)}`, code);
  } finally {
    clearInterval(keeping);
  }
}

/** What was wrong; null where the run has ended as it should. */
async function attempt(item: QueueItem, { run, signal, log }: RunQueueOptions): Promise<Error | null> {
  let failure: Error | null;
  try {
    const submission = parseSubmission(item.value);
    log.info(`took run ${submission.name}`, { attempt: item.attempt });
    failure = await run(submission);
  } catch (error) {
    if (!isHopeless(error)) return leave(item, error, signal);
    failure = error as Error;
  }
  await item.done();
  return failure;
}

/** Somebody else may be able to do it, or this coordinator later. */
async function leave(item: QueueItem, reason: unknown, signal: AbortSignal): Promise<Error> {
  await item.giveBack();
  await pause(RETRY_MS, signal);
  return reason as Error;
}

/** Every coordinator would refuse it, each time. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set([
  'MLIP_E_SUBMISSION',
  'MLIP_E_CONFIG_INVALID',
  'MLIP_E_CHECKPOINT_DESTINATION',
  'MLIP_E_CHECKPOINT_MISSING',
  'MLIP_E_CHECKPOINT_CORRUPT',
  'MLIP_E_CHECKPOINT_MISMATCH',
  'MLIP_E_OUT_OTHER_RUN',
  'MLIP_E_STORE_NAME',
]);

function isHopeless(error: unknown): boolean {
  return error instanceof MlipError && HOPELESS.has(error.code);
}
