/** What a run without a coordinator has left in its output directory. */
import type { RunOutcome } from '../../coordinator/events.js';
import { outcomeOf } from '../../coordinator/outcome-of.js';
import { lastLineIn } from '../../coordinator/run-directory.js';
import type { RunRecord } from '../../coordinator/run-record.js';

export interface LeftRun {
  runId: string | null;
  /** unfinished: nobody coordinates it. */
  outcome: RunOutcome['kind'] | 'unfinished';
  /** Steps applied. */
  step: number;
  /** Of the newest step; null before the first. */
  loss: number | null;
  checkpoint: { step: number; path: string } | null;
  /** Why it failed. */
  cause: { code: string; message: string } | null;
  /** Coordinators that went on with it, and workers that were lost. */
  restarts: number;
  workersLost: number;
}

/** @param record null where it has left none */
export function leftRun(out: string, record: RunRecord | null): LeftRun {
  const last = lastLineIn(out);
  const step = Math.max(record?.step ?? 0, last?.step ?? 0);
  const seen = { step, loss: last?.loss ?? null };
  if (record === null) {
    return { runId: null, outcome: 'unfinished', ...seen, checkpoint: null, cause: null, restarts: 0, workersLost: 0 };
  }
  const { runId, ended, cause: failure, checkpoint, restarts, workersLost } = record;
  const cause = failure === null ? null : { code: failure.code, message: failure.message };
  const outcome = ended ? outcomeOf(record).kind : 'unfinished';
  return { runId, outcome, ...seen, checkpoint, cause, restarts, workersLost };
}
