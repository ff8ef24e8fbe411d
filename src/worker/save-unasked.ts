/**
 * The end of a run that nobody coordinates any more: whoever holds a state saves it, one after the other, unless another one has
 * by then. Nobody can know who else is left; should two save the same step after all, they write the same, and the second takes
 * the first's place.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isBeingWritten, listCheckpoints } from '../checkpoint/checkpoint-directory.js';
import { readState } from '../checkpoint/checkpoint.js';
import { lastStepFile } from '../checkpoint/last-step.js';
import { messageOf } from '../core/errors.js';
import { stepsPerEpoch } from '../core/plan.js';
import { saveNow } from './save-now.js';
import type { WorkerParts } from './worker-parts.js';

/** From one turn to the next: by then the one before has begun to write, if it is there. */
const TURN_MS = 750;
/** Late turns are as good as none: whoever ends these processes does not wait for ever. */
const LATEST_TURN_MS = 6_000;
/** One that writes may die while it does. */
const PATIENCE_MS = 8_000;
const POLL_MS = 100;

/** @param turn place of this worker among those that may save, from 0 */
export async function saveUnasked(parts: WorkerParts, turn: number): Promise<void> {
  const { state, log, session } = parts;
  // The beginning is a function of the seed.
  if (state?.whole !== true || state.step === 0) return;
  if (await savedMeanwhile(session.out, state.step, Math.min(turn * TURN_MS, LATEST_TURN_MS))) {
    return log.info(`another worker has saved the state after step ${state.step}`);
  }
  try {
    await saveNow(parts, true, lastStepOf(parts));
    log.warn(`no coordinator is left: saved the state after step ${state.step}`);
  } catch (error) {
    if (!(await isSaved(session.out, state.step))) log.error(`no checkpoint: ${messageOf(error)}`);
  }
}

/** Waits for this worker's turn, and while somebody else writes. */
async function savedMeanwhile(out: string, step: number, turnMs: number): Promise<boolean> {
  const [turn, last] = [turnMs, turnMs + PATIENCE_MS].map((waitMs) => performance.now() + waitMs);
  for (;;) {
    if (await isSaved(out, step)) return true;
    const now = performance.now();
    if (now >= last || (now >= turn && !(await isBeingWritten(out, step)))) return false;
    await sleep(POLL_MS);
  }
}

/** Whether there is a checkpoint of that state, or of a newer one. */
async function isSaved(out: string, step: number): Promise<boolean> {
  const [newest] = await listCheckpoints(out).catch(() => []);
  if (newest === undefined || newest.step < step) return false;
  return readState(newest.path).then(
    () => true,
    () => false,
  );
}

/** Nothing where this worker has not applied it itself. */
function lastStepOf(parts: WorkerParts): Record<string, string> {
  const { newestReport, state, session, dataset, world, generation } = parts;
  if (newestReport === undefined || generation === undefined) return {};
  const perEpoch = stepsPerEpoch({ rows: dataset.train.length, batchSize: session.config.batchSize });
  return lastStepFile({ step: state!.step, generation, world, stepsPerEpoch: perEpoch, ...newestReport });
}
