/** What is recorded of the run follows the state with which a generation begins. */
import type { Beginning } from './candidates.js';
import { metricsLine } from './metrics-line.js';
import { type RunState, type Transition, memberOf, stay } from './state.js';

/** A survivor may have applied the step that others did not finish; or all that had applied the newest steps are gone. */
export function catchUp(state: RunState, beginning: Beginning, nowMs: number): Transition {
  if (beginning.step > state.step) return recordAhead(state, beginning, nowMs);
  return beginning.step < state.step ? goBack(state, beginning) : stay(state);
}

function recordAhead(state: RunState, { step, holders }: Beginning, nowMs: number): Transition {
  const reports = holders.map((worker) => memberOf(state, worker)!.holding?.report ?? null);
  const report = reports.find((found) => found !== null);
  const ahead = { ...state, step };
  if (report === undefined || report === null) return stay(ahead);
  const line = metricsLine({ ...state, step: step - 1 }, report, [], nowMs);
  return stay(
    ahead,
    { kind: 'record', line, account: report.account },
    { kind: 'announce', event: { kind: 'step', line } },
  );
}

function goBack(state: RunState, { step, checkpoint }: Beginning): Transition {
  const from = checkpoint === '' ? (step === 0 ? 'the beginning' : 'what a worker holds') : checkpoint;
  const text = `the state after step ${state.step} is lost with its workers; going on after step ${step}, from ${from}`;
  return stay(
    {
      ...state,
      step,
      // A generation that is being formed after a halt has its number already.
      rewoundIn: state.generation.number + (state.phase === 'halting' ? 0 : 1),
      skipped: 0,
      dataWait: { ...state.dataWait, remarkedStep: Math.min(state.dataWait.remarkedStep, step) },
    },
    { kind: 'rewind', step },
    { kind: 'announce', event: { kind: 'notice', text } },
  );
}
