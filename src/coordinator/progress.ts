/** How fast the run goes, for those who ask how long it will take. */
import type { MetricsLine } from '../rpc/run-events.js';
import type { RunState } from './state.js';

/** Weight of the newest step. */
const NEWEST = 0.2;

/** A step that was redone, or waited for a copy of the state, counts like any other: such things come again. */
export function noteProgress(state: RunState, { loss, pairs_per_second: rate }: MetricsLine): RunState {
  const stepMs = (1000 * state.settings.batchSize) / rate;
  const before = state.progress.stepMs;
  return { ...state, progress: { stepMs: before === 0 ? stepMs : before + NEWEST * (stepMs - before), loss } };
}
