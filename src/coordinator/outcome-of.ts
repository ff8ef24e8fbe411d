/** How a run that has left its record has ended. */
import type { RunOutcome } from './events.js';
import type { RunRecord } from './run-record.js';

export function outcomeOf({ stopped, cause, step, checkpoint: saved }: RunRecord): RunOutcome {
  const checkpoint = saved?.path ?? null;
  if (cause !== null) return { kind: 'failed', ...cause, step, checkpoint };
  return { kind: stopped ? 'stopped' : 'finished', step, checkpoint };
}
