/** Runs end: after the last step, on request, or with the first cause named and a survivor's state saved. */
import type { Failure } from '../rpc/failure.js';
import type { Effect, RunOutcome } from './events.js';
import { memberOf } from './members.js';
import { persist, stoppedEarly } from './record-of.js';
import { type Cause, type Member, type RunState, isOver } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** Ends the run for that cause; a worker is asked for a checkpoint where there is something to save. */
export function fail(state: RunState, cause: Cause, nowMs: number): Transition {
  if (isOver(state)) return stay(state);
  const aborting: RunState = { ...state, phase: 'aborting', cause };
  const saver = chooseSaver(aborting);
  const text = saver === null ? cause.message : `${cause.message}; worker ${saver} saves its state`;
  const noticed = stay(aborting, { kind: 'announce', event: { kind: 'notice', text } });
  return chain(noticed, (next) => abort(next, saver, next.members, nowMs));
}

/** Tells `told` that the run ends; with nobody to save, it ends at once. */
function abort(state: RunState, saver: number | null, told: readonly Member[], nowMs: number): Transition {
  const cause = failureOf(state.cause!);
  const aborting = { ...state, saver, deadlineMs: nowMs + state.settings.timeouts.stepMs };
  const aborts = told.map(({ worker }): Effect => ({
    kind: 'send',
    worker,
    message: { abort: { cause, save: worker === saver } },
  }));
  return saver === null ? chain(stay(aborting, ...aborts), end) : stay(aborting, ...aborts);
}

function failureOf({ code, message, where, remedy }: Failure): Failure {
  return { code, message, where, remedy };
}

/** Who holds the newest state, rather one that did not fail itself; null if the newest checkpoint is as new. */
function chooseSaver(state: RunState): number | null {
  const able = state.members.filter((member) => appliedBy(state, member) >= 0);
  const newest = Math.max(...able.map((member) => appliedBy(state, member)));
  if (able.length === 0 || newest <= (state.checkpoint?.step ?? 0)) return null;
  const best = able.filter((member) => appliedBy(state, member) === newest);
  return (best.find(({ standing }) => standing !== 'failed') ?? best[0]).worker;
}

/** Steps that a member has applied, as far as is known; -1 where it holds no state. */
function appliedBy(state: RunState, { holding, report, standing }: Member): number {
  if (standing === 'loading' || holding === null) return -1;
  return report === null ? holding.step : Math.max(state.step + 1, holding.step);
}

/** While a worker saves: if it is the one that failed or was lost, the next one is asked. */
export function replaceSaver(state: RunState, worker: number, nowMs: number): Transition {
  if (state.phase !== 'aborting' || worker !== state.saver) return stay(state);
  const saver = chooseSaver(state);
  const told = saver === null ? undefined : memberOf(state, saver);
  return abort(state, saver, told === undefined ? [] : [told], nowMs);
}

/** Says goodbye to all workers and closes the run. */
export function end(state: RunState): Transition {
  const outcome = outcomeOf(state);
  const ended = { ...state, phase: 'ended' as const };
  const finishes = state.members.map(({ worker }): Effect => ({ kind: 'send', worker, message: { finish: {} } }));
  return stay(
    ended,
    ...finishes,
    persist(ended),
    { kind: 'announce', event: lastEvent(outcome) },
    { kind: 'end', outcome },
  );
}

function outcomeOf(state: RunState): RunOutcome {
  const { cause, step } = state;
  const checkpoint = state.checkpoint?.path ?? null;
  if (cause !== null) return { kind: 'failed', ...cause, step, checkpoint };
  return { kind: stoppedEarly(state) ? 'stopped' : 'finished', step, checkpoint };
}

function lastEvent(outcome: RunOutcome): (Effect & { kind: 'announce' })['event'] {
  if (outcome.kind !== 'failed') {
    const { kind, step, checkpoint } = outcome;
    return { kind: 'finished', stopped: kind === 'stopped', step, checkpoint };
  }
  const { kind: _kind, ...failure } = outcome;
  return { kind: 'failed', failure };
}
