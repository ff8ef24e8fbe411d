/** Checkpoints: who writes them, and the end of a run, when the last one is written. */
import type { Failure } from '../rpc/failure.js';
import type { Effect } from './events.js';
import { end } from './failing.js';
import { serving } from './members.js';
import type { Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** The last step is applied, or nobody is left to go on: all that hold the state stop, one of them saves it. */
export function beginSaving(state: RunState, nowMs: number): Transition {
  const holders = holdersOf(state);
  if (holders.length === 0 || state.checkpoint?.step === state.step) return end(state);
  const saver = holders[0].worker;
  const saving: RunState = {
    ...state,
    phase: 'saving',
    saver,
    savingStep: state.step,
    deadlineMs: nowMs + state.settings.timeouts.stepMs,
  };
  return stay(saving, ...directives(saving, holders, { save: true, stop: true }));
}

/** Whether the configuration asks for a checkpoint of the steps applied. */
export function isSaveStep({ settings, step }: Pick<RunState, 'settings' | 'step'>): boolean {
  const { saveEverySteps } = settings;
  return saveEverySteps > 0 && step > 0 && step % saveEverySteps === 0;
}

/** Members whose state is that of all applied steps, in order of number. */
function holdersOf({ members, step }: RunState): Member[] {
  return members.filter(({ holding, standing }) => holding?.step === step && standing !== 'failed');
}

/** While the last checkpoint is written: if its writer is lost, the next one is asked. Null where there is none. */
export function saveElsewhere(state: RunState, nowMs: number): Transition | null {
  return holdersOf(state).length === 0 ? null : beginSaving(state, nowMs);
}

export interface Order {
  save: boolean;
  stop: boolean;
  boundaries?: readonly number[];
}

/** How a step's ranks go on. The first of them writes the checkpoints. */
export function directives(
  { step: nextStep }: RunState,
  to: readonly Member[],
  { save, stop, boundaries = [] }: Order,
): Effect[] {
  return to.map(({ worker }, position) => {
    const directive = { nextStep, save: save && position === 0, stop, boundaries: [...boundaries] };
    return { kind: 'send', worker, message: { directive } };
  });
}

/** The generation goes on with the next step. */
export function goOn(state: RunState, save: boolean, boundaries: readonly number[] | null): Transition {
  const ranks = serving(state);
  const saving = save ? { saver: ranks[0].worker, savingStep: state.step, saveDue: false } : {};
  const order = { save, stop: false, ...(boundaries === null ? {} : { boundaries }) };
  return stay({ ...state, ...saving }, ...directives(state, ranks, order));
}

/** A checkpoint is written; `step` counts the steps applied in it. */
export function noteSaved(state: RunState, worker: number, step: number, path: string): Transition {
  const newer = state.checkpoint === null || step >= state.checkpoint.step;
  const kept = newer ? { ...state, checkpoint: { step, path } } : state;
  const written = { ...kept, saver: isAwaited(state, worker, step) ? null : state.saver };
  return stay(written, { kind: 'announce', event: { kind: 'saved', step, path } });
}

/**
 * A checkpoint could not be written. While training goes on the next one is due when it is: a disk that is full stays so for a
 * while. The last one matters: of that its worker says besides that it has failed, and another one is asked.
 */
export function noteSaveFailed(state: RunState, worker: number, step: number, failure: Failure): Transition {
  const isLast = state.phase === 'saving' || state.phase === 'aborting';
  const freed = !isLast && isAwaited(state, worker, step) ? { ...state, saver: null } : state;
  return stay(freed, { kind: 'announce', event: { kind: 'saveFailed', worker, step, failure } });
}

/** An earlier one may come late. */
function isAwaited({ saver, savingStep }: RunState, worker: number, step: number): boolean {
  return saver === worker && step >= savingStep;
}

/** The checkpoint that a worker was asked for as the run fails is written. */
export function savedAfterFailure(state: RunState, worker: number, step: number, path: string): Transition {
  const noted = noteSaved(state, worker, step, path);
  if (worker !== state.saver) return noted;
  return chain(
    chain(noted, (next) => recordAhead(next, { step, path })),
    end,
  );
}

/** The saver may have applied the step that others did not finish: what it was is beside the checkpoint. */
function recordAhead(state: RunState, checkpoint: { step: number; path: string }): Transition {
  if (checkpoint.step !== state.step + 1) return stay(state);
  return stay({ ...state, step: checkpoint.step }, { kind: 'recordSaved', checkpoint });
}
