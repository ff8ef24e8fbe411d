/** Workers are lost, fail or are given up: the generation ends, and those that are left go on in the next one. */
import { EXIT, ERROR_TABLE, type ErrorCode } from '../core/errors.js';
import type { Failure } from '../rpc/failure.js';
import type { Holding, WorkerFailure } from './events.js';
import { fail, replaceSaver } from './failing.js';
import { form, formWhenHalted } from './forming.js';
import { saveElsewhere } from './saving.js';
import { recoveryMs } from './initial-state.js';
import { claimed, memberOf, serving, withMember, withMembers, without } from './members.js';
import { persist } from './record-of.js';
import { type Cause, type RunState, isOver } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** A step that breaks so often although nobody is lost has a cause that will not go away. */
const MOST_FRUITLESS = 3;

/** A worker's control stream closed, or the worker is given up. `reason` says how that was noticed. */
export function lose(state: RunState, worker: number, reason: string, nowMs: number): Transition {
  // Workers close their streams when the run is over.
  if (state.phase === 'ended') return stay(without(state, worker));
  const { info } = memberOf(state, worker)!;
  const cause: Cause = {
    code: 'MLIP_E_WORKER_LOST',
    message: `worker ${worker} ${reason} ${progressOf(state)}`,
    where: `worker ${worker}, pid ${info.pid} on ${info.host}`,
    remedy: 'Look at the end of that worker’s log.',
    worker,
  };
  return goOnWithout(missingHolder(state, worker, nowMs), worker, cause, nowMs);
}

/** A worker whose connection breaks is not always dead, and may be the only one with the newest state. */
function missingHolder(state: RunState, worker: number, nowMs: number): RunState {
  const holds = (memberOf(state, worker)!.holding?.step ?? -1) >= state.step;
  return holds ? { ...state, holderMissedUntilMs: nowMs + recoveryMs(state.settings) } : state;
}

function progressOf({ phase, step }: RunState): string {
  return phase === 'joining' ? 'before the first step' : `after step ${step}`;
}

function goOnWithout(state: RunState, worker: number, cause: Cause, nowMs: number): Transition {
  const { standing } = memberOf(state, worker)!;
  const unsaved = state.saver === worker && state.phase !== 'aborting';
  const gone = {
    ...without(state, worker),
    ...{ lastLoss: cause, saver: unsaved ? null : state.saver, saveDue: state.saveDue || unsaved },
    losses: { ...state.losses, workers: state.losses.workers + 1 },
  };
  const left = stay(gone, { kind: 'announce', event: { kind: 'left', worker, reason: cause.message } });
  return chain(left, (next) => {
    switch (state.phase) {
      case 'training':
        return standing === 'serving' ? regroup(next, cause.message, nowMs) : stay(next);
      case 'halting':
        return formWhenHalted(nowMs)(next);
      case 'saving':
        return unsaved ? (saveElsewhere(next, nowMs) ?? regroup(next, cause.message, nowMs)) : stay(next);
      case 'aborting':
        return replaceSaver(next, worker, nowMs);
      default:
        return stay(next);
    }
  });
}

/** Ends the generation: its workers abandon the step and say what they hold. */
export function regroup(state: RunState, reason: string, nowMs: number): Transition {
  const survivors = serving(state).map(({ worker }) => worker);
  const number = state.generation.number + 1;
  const halted = withMembers(state, (member) =>
    member.standing === 'serving' ? { ...member, standing: 'halting' } : member,
  );
  const halting: RunState = {
    ...{ ...halted, phase: 'halting', deadlineMs: nowMs + state.settings.timeouts.stepMs, gathering: null },
    generation: {
      ...{ number, ranks: survivors, boundaries: [0], following: false, inPlace: [] },
      ...{ changedMs: nowMs, reason },
    },
  };
  const stale = {
    ...{ code: 'MLIP_E_RUN_STALE', message: `generation ${number - 1} is over: ${reason}` },
    ...{ where: '', remedy: '' },
  };
  const told = stay(
    halting,
    persist(halting),
    { kind: 'abandonGather', failure: stale },
    ...survivors.map((worker) => ({ kind: 'send' as const, worker, message: { halt: { generation: number } } })),
  );
  return chain(told, formWhenHalted(nowMs));
}

/** A worker has abandoned the step. */
export function halted(
  state: RunState,
  worker: number,
  { generation, holding }: { generation: number; holding: Holding | null },
  nowMs: number,
): Transition {
  const asked = memberOf(state, worker)!.standing === 'halting' && generation === state.generation.number;
  if (!asked) return stay(state);
  return formWhenHalted(nowMs)(
    withMember(state, worker, { standing: 'idle', holding: claimed(state, worker, holding), report: null }),
  );
}

/** A worker reported that it, or the step, cannot go on. */
export function memberFailed(state: RunState, worker: number, report: WorkerFailure, nowMs: number): Transition {
  if (report.secondary) return stepFailed(state, worker, report, nowMs);
  const { failure, stateIntact } = report;
  const cause = { ...failure, where: failure.where || `worker ${worker}`, worker };
  const member = memberOf(state, worker)!;
  const failed = withMember(state, worker, { standing: 'failed', holding: stateIntact ? member.holding : null });
  if (isOver(state)) return replaceSaver(failed, worker, nowMs);
  if (endsTheRun(state, worker, cause)) return fail(failed, cause, nowMs);
  return expel({ ...state, failedHere: cause }, worker, cause, nowMs);
}

/** What is wrong with the data is wrong for all; what two workers fail at, a third would too. */
function endsTheRun(state: RunState, worker: number, { code }: Cause): boolean {
  const { standing } = memberOf(state, worker)!;
  const takesPart = standing === 'serving' || state.phase === 'joining';
  const others = state.members.some((other) => other.worker !== worker && other.standing !== 'failed');
  return takesPart && (!others || state.phase === 'joining' || isBadInput(code) || state.failedHere?.code === code);
}

function isBadInput(code: string): boolean {
  const exit: number = ERROR_TABLE[code as ErrorCode]?.exit;
  return exit === EXIT.badInput || exit === EXIT.usage;
}

/** The step broke for want of a peer: it is redone by those that answer, unless that has been tried too often. */
function stepFailed(state: RunState, worker: number, report: WorkerFailure, nowMs: number): Transition {
  const { failure, generation, blamed } = report;
  const current = generation === state.generation.number && state.phase === 'training';
  if (!current || memberOf(state, worker)!.standing !== 'serving') return stay(state);
  return redo(state, { ...failure, where: failure.where || `worker ${worker}`, worker }, blamed, nowMs);
}

/** Redoes the step although nobody is known to be lost; in the end whoever is blamed is. */
export function redo(state: RunState, cause: Cause, blamed: number | null, nowMs: number): Transition {
  const tried: RunState = { ...state, fruitless: state.fruitless + 1 };
  if (tried.fruitless < MOST_FRUITLESS) return regroup(tried, cause.message, nowMs);
  const suspect = blamed === null ? undefined : state.generation.ranks.at(blamed);
  if (suspect === undefined || memberOf(state, suspect) === undefined) return fail(state, cause, nowMs);
  return expel({ ...state, fruitless: 0 }, suspect, unreachable(suspect, cause), nowMs);
}

function unreachable(worker: number, { message }: Cause): Failure {
  return {
    code: 'MLIP_E_WORKER_LOST',
    message: `worker ${worker} does not answer the others: ${message}`,
    where: `worker ${worker}`,
    remedy: 'Look at the network between the workers, and at that worker’s log.',
  };
}

/** Sends a worker away that still answers. */
export function expel(state: RunState, worker: number, failure: Failure, nowMs: number): Transition {
  const { code, message, where, remedy } = failure;
  const cause = { code, message, where, remedy };
  const told = stay(
    state,
    { kind: 'send', worker, message: { abort: { cause, save: false } } },
    { kind: 'send', worker, message: { finish: {} } },
  );
  return chain(told, (next) => goOnWithout(next, worker, { ...cause, worker }, nowMs));
}

/** A worker broke the order of messages. */
export function violation(state: RunState, worker: number, what: string, nowMs: number): Transition {
  const failure = {
    ...{ code: 'MLIP_E_RPC_PROTOCOL', message: `worker ${worker} ${what}`, where: `worker ${worker}`, remedy: '' },
  };
  return isOver(state) ? stay(state) : expel(state, worker, failure, nowMs);
}

/** Between two steps nobody has anything to abandon; but who is to wait for others must be told that the step is over. */
export function regroupBetweenSteps(state: RunState, reason: string, nowMs: number): Transition {
  const idle = withMembers(state, (member) =>
    member.standing === 'serving' ? { ...member, standing: 'idle', report: null } : member,
  );
  const formed = form({ ...idle, generation: { ...idle.generation, reason, changedMs: nowMs } }, nowMs);
  return formed.state.phase === 'waiting' ? regroup(state, reason, nowMs) : formed;
}
