/** A remark when workers keep waiting for data: slow disks should show, not just cost time. */
import type { MetricsLine } from '../rpc/run-events.js';
import type { RunState } from './state.js';
import { type Transition, stay } from './transition.js';

const WORTH_A_REMARK = 0.2;
const AVERAGED_STEPS = 20;
const STEPS_BETWEEN_REMARKS = 500;

/** Follows a moving average over some 20 steps; remarks when it is above 20 %, and not again for 500 steps. */
export function remarkOnWaiting(state: RunState, line: MetricsLine): Transition {
  const { average, remarkedStep } = state.dataWait;
  const started = state.settings.resume?.step ?? 0;
  const next = average + (line.data_wait - average) / Math.min(line.step - started, AVERAGED_STEPS);
  const pause = remarkedStep === started ? AVERAGED_STEPS : STEPS_BETWEEN_REMARKS;
  if (next <= WORTH_A_REMARK || line.step < remarkedStep + pause) {
    return stay({ ...state, dataWait: { average: next, remarkedStep } });
  }
  const text =
    `workers spend ${Math.round(next * 100)} % of their time waiting for data; ` +
    'raise data.prefetchSteps or data.decodeThreads, or use a faster disk';
  const remarked = { ...state, dataWait: { average: next, remarkedStep: line.step } };
  return stay(remarked, { kind: 'announce', event: { kind: 'notice', text } });
}
