/**
 * Runs end: after the last step, on request, or with the first cause named and a survivor's state saved. A connection
 * that closes and a failure that a rank reports of itself are primary; "I lost my peer" is secondary and waits for a
 * primary one to show itself.
 */
import type { Failure } from '../rpc/failure.js';
import { MISSED_HEARTBEATS } from '../rpc/protocol.js';
import type { Effect, RunOutcome } from './events.js';
import { metricsLine } from './metrics-line.js';
import { type Cause, type Member, type RunState, type Transition, chain, present, stay, withMember } from './state.js';

/** A worker reported that it cannot go on. */
export function memberFailed(
  state: RunState,
  report: { rank: number; failure: Failure; secondary: boolean; stateIntact: boolean },
  nowMs: number,
): Transition {
  const { rank, failure, secondary, stateIntact } = report;
  const standing = secondary ? 'stranded' : 'failed';
  const next = withMember(state, rank, { standing, stateIntact: secondary || stateIntact });
  const cause = { ...failure, where: failure.where || `rank ${rank}`, rank };
  return over(state)
    ? replaceSaver(next, rank, nowMs)
    : secondary
      ? suspect(next, cause, nowMs)
      : fail(failure.code === 'MLIP_E_NOT_FINITE' ? nobodyIntact(next) : next, cause, nowMs);
}

/** All ranks hold the parameters that gave a loss which is not finite: from them nobody wants to go on. */
export function nobodyIntact(state: RunState): RunState {
  return { ...state, members: state.members.map((member): Member => ({ ...member, stateIntact: false })) };
}

/** A worker's control stream closed, or the worker is given up. `reason` says how that was noticed. */
export function memberLost(state: RunState, rank: number, reason: string, nowMs: number): Transition {
  const { standing } = state.members[rank];
  const next = withMember(state, rank, { standing: 'lost', stateIntact: false });
  if (over(state)) return replaceSaver(next, rank, nowMs);
  if (standing === 'stranded')
    return present(next).length === 0 ? fail(next, next.suspicion!.cause, nowMs) : stay(next);
  const { pid, host } = state.members[rank].worker;
  const cause: Cause = {
    code: 'MLIP_E_WORKER_LOST',
    message: `rank ${rank} ${reason} ${progressOf(state, rank)}`,
    where: `rank ${rank}, pid ${pid} on ${host}`,
    remedy: 'Look at the end of that worker’s log.',
    rank,
  };
  return fail(next, cause, nowMs);
}

/** A worker broke the order of messages. */
export function violation(state: RunState, rank: number, what: string, nowMs: number): Transition {
  const failure = { code: 'MLIP_E_RPC_PROTOCOL', message: `rank ${rank} ${what}`, where: `rank ${rank}`, remedy: '' };
  return memberFailed(state, { rank, failure, secondary: false, stateIntact: false }, nowMs);
}

function progressOf(state: RunState, rank: number): string {
  if (state.phase !== 'training') return `while ${state.phase}`;
  return `after step ${appliedBy(state, state.members[rank])}`;
}

/** Steps that a member has applied, which may be one more than all have. */
function appliedBy(state: RunState, { report }: Member): number {
  return state.step + (report === null ? 0 : 1);
}

function trained(state: RunState): boolean {
  return state.phase === 'training' || state.phase === 'saving';
}

function over(state: RunState): boolean {
  return state.phase === 'aborting' || state.phase === 'ended';
}

function suspect(state: RunState, cause: Cause, nowMs: number): Transition {
  const suspicion = state.suspicion ?? {
    cause,
    untilMs: nowMs + MISSED_HEARTBEATS * state.settings.timeouts.heartbeatMs,
  };
  const suspecting = { ...state, suspicion };
  const primaryMayCome = state.members.some((member) => member.standing === 'serving');
  return primaryMayCome ? stay(suspecting) : fail(suspecting, suspicion.cause, nowMs);
}

/** Ends the run for that cause; a survivor is asked for a checkpoint where there is something to save. */
export function fail(state: RunState, cause: Cause, nowMs: number): Transition {
  if (over(state)) return stay(state);
  const aborting: RunState = { ...state, phase: 'aborting', cause, suspicion: null };
  const saver = trained(state) ? chooseSaver(aborting) : null;
  const text = saver === null ? cause.message : `${cause.message}; rank ${saver} saves its state`;
  const noticed = stay(aborting, { kind: 'announce', event: { kind: 'notice', text } });
  return chain(noticed, (next) => abort(next, saver, present(next), nowMs));
}

/** Tells `told` that the run ends; with nobody to save, it ends at once. */
function abort(state: RunState, saver: number | null, told: readonly Member[], nowMs: number): Transition {
  const { code, message, where, remedy } = state.cause!;
  const cause = { code, message, where, remedy };
  const aborting = { ...state, saver, deadlineMs: nowMs + state.settings.timeouts.stepMs };
  const aborts = told.map(({ rank }): Effect => ({
    kind: 'send',
    rank,
    message: { abort: { cause, save: rank === saver } },
  }));
  return saver === null ? chain(stay(aborting, ...aborts), end) : stay(aborting, ...aborts);
}

/** The lowest rank whose state is whole, rather one that did not fail itself; null if the newest checkpoint is as new. */
function chooseSaver(state: RunState): number | null {
  const able = state.members.filter((member) => member.standing !== 'lost' && member.stateIntact);
  const best = able.find((member) => member.standing !== 'failed') ?? able[0];
  if (best === undefined) return null;
  return state.checkpoint?.step === appliedBy(state, best) ? null : best.rank;
}

/** While a survivor saves: if it is the one that failed or was lost, the next one is asked. */
function replaceSaver(state: RunState, rank: number, nowMs: number): Transition {
  if (state.phase === 'ended' || rank !== state.saver || state.members[rank].stateIntact) return stay(state);
  const saver = chooseSaver(state);
  return abort(state, saver, saver === null ? [] : [state.members[saver]], nowMs);
}

/** The checkpoint that a survivor was asked for is written. */
export function savedAfterFailure(state: RunState, rank: number, step: number, path: string): Transition {
  const saved = { ...state, checkpoint: { step, path } };
  const announced = stay(saved, { kind: 'announce', event: { kind: 'saved', step, path } });
  if (rank !== state.saver || step < state.step) return announced;
  return chain(
    chain(announced, (next) => recordAhead(next, rank, step)),
    end,
  );
}

/** The saver may have applied the step that others did not finish: its line completes metrics.jsonl up to the checkpoint. */
function recordAhead(state: RunState, rank: number, step: number): Transition {
  const { report, committedMs } = state.members[rank];
  if (step !== state.step + 1 || report === null) return stay(state);
  const line = metricsLine(state, [report], committedMs);
  return stay({ ...state, step }, { kind: 'record', line });
}

/** Says goodbye to all workers and closes the run. */
export function end(state: RunState): Transition {
  const outcome = outcomeOf(state);
  const finishes = present(state).map(({ rank }): Effect => ({ kind: 'send', rank, message: { finish: {} } }));
  const last: Effect[] = [
    { kind: 'announce', event: lastEvent(outcome) },
    { kind: 'end', outcome },
  ];
  return stay({ ...state, phase: 'ended' }, ...finishes, ...last);
}

function outcomeOf({ cause, step, totalSteps, checkpoint, stopRequested }: RunState): RunOutcome {
  const path = checkpoint?.path ?? null;
  if (cause !== null) return { kind: 'failed', ...cause, step, checkpoint: path };
  return {
    kind: stopRequested && (totalSteps === 0 || step < totalSteps) ? 'stopped' : 'finished',
    step,
    checkpoint: path,
  };
}

function lastEvent(outcome: RunOutcome): (Effect & { kind: 'announce' })['event'] {
  if (outcome.kind !== 'failed') {
    const { kind, step, checkpoint } = outcome;
    return { kind: 'finished', stopped: kind === 'stopped', step, checkpoint };
  }
  const { kind: _kind, ...failure } = outcome;
  return { kind: 'failed', failure };
}
