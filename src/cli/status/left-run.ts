/** What a run without a coordinator has left in its output directory. */
import { readRecord } from '../../coordinator/record-keeper.js';
import { lastStepIn } from '../../coordinator/run-directory.js';

export interface LeftRun {
  runId: string | null;
  /** unfinished: nobody coordinates it. */
  outcome: 'finished' | 'stopped' | 'failed' | 'unfinished';
  /** Steps applied. */
  step: number;
  checkpoint: { step: number; path: string } | null;
  /** Why it failed. */
  cause: { code: string; message: string } | null;
}

/** @throws MLIP_E_RUN_RECORD */
export async function readLeftRun(out: string): Promise<LeftRun> {
  const record = await readRecord(out);
  const step = Math.max(record?.step ?? 0, lastStepIn(out));
  if (record === null) return { runId: null, outcome: 'unfinished', step, checkpoint: null, cause: null };
  const { runId, ended, stopped, cause: failure, checkpoint } = record;
  const cause = failure === null ? null : { code: failure.code, message: failure.message };
  const ending = cause !== null ? 'failed' : stopped ? 'stopped' : 'finished';
  return { runId, outcome: ended ? ending : 'unfinished', step, checkpoint, cause };
}
