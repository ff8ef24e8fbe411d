/** What a run without a coordinator has left in its output directory. */
import type { RunOutcome } from '../../coordinator/events.js';
import { outcomeOf } from '../../coordinator/outcome-of.js';
import { lastStepIn } from '../../coordinator/run-directory.js';
import type { RunRecord } from '../../coordinator/run-record.js';

export interface LeftRun {
  runId: string | null;
  /** unfinished: nobody coordinates it. */
  outcome: RunOutcome['kind'] | 'unfinished';
  /** Steps applied. */
  step: number;
  checkpoint: { step: number; path: string } | null;
  /** Why it failed. */
  cause: { code: string; message: string } | null;
}

/** @param record null where it has left none */
export function leftRun(out: string, record: RunRecord | null): LeftRun {
  const step = Math.max(record?.step ?? 0, lastStepIn(out));
  if (record === null) return { runId: null, outcome: 'unfinished', step, checkpoint: null, cause: null };
  const { runId, ended, cause: failure, checkpoint } = record;
  const cause = failure === null ? null : { code: failure.code, message: failure.message };
  return { runId, outcome: ended ? outcomeOf(record).kind : 'unfinished', step, checkpoint, cause };
}
