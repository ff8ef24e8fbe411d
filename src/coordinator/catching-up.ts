/** What is recorded of the run follows the state with which a generation begins. */
import type { Beginning } from './candidates.js';
import type { StepReport } from './events.js';
import { metricsLine } from './metrics-line.js';
import { isSaveStep } from './saving.js';
import { memberOf } from './members.js';
import type { RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** A survivor may have applied the step that others did not finish; or all that had applied the newest steps are gone. */
export function catchUp(state: RunState, beginning: Beginning, nowMs: number): Transition {
  if (beginning.step > state.step) return recordAhead(state, beginning, nowMs);
  return beginning.step < state.step ? goBack(state, beginning) : stay(state);
}

function recordAhead(state: RunState, { step, holders }: Beginning, nowMs: number): Transition {
  const reports = holders.map((worker) => memberOf(state, worker)!.holding?.report ?? null);
  const report = reports.find((found) => found !== null) ?? null;
  const ahead = { ...state, step, saveDue: state.saveDue || isSaveStep({ ...state, step }) };
  return chain(sayLost(ahead, state.step + 1, report === null ? step : step - 1), (next) =>
    report === null ? stay(next) : recordStep(next, report, nowMs),
  );
}

/** Workers keep the report of their newest step only. */
function sayLost(state: RunState, first: number, last: number): Transition {
  if (last < first) return stay(state);
  const steps = first === last ? `step ${first}` : `steps ${first} to ${last}`;
  const text = `the lines of ${steps} are lost: they were not on disk yet when the coordinator died`;
  return stay(state, { kind: 'announce', event: { kind: 'notice', text } });
}

function recordStep(state: RunState, report: StepReport, nowMs: number): Transition {
  const line = metricsLine({ ...state, step: state.step - 1 }, report, [], nowMs);
  return stay(
    state,
    { kind: 'record', line, account: report.account, ranks: [] },
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
