/** Steps: every rank contributes its rows to the gather, every rank commits, then each is told how to go on. */
import type { MetricsLine } from '../rpc/run-events.js';
import { groupBy } from './agreement.js';
import { beginningOf, idle, mostWorkers } from './candidates.js';
import { remarkOnWaiting } from './data-wait.js';
import type { CommitReport, Place } from './events.js';
import { rankTimes } from './rank-times.js';
import { fail } from './failing.js';
import { lose, regroupBetweenSteps, violation } from './losing.js';
import { metricsLine } from './metrics-line.js';
import { noteProgress } from './progress.js';
import { openStep } from './opening.js';
import { measured, rebalanced } from './pace.js';
import { beginSaving, goOn, isSaveStep } from './saving.js';
import { condemn, memberOf, serving, withMember, withMembers } from './members.js';
import type { Cause, Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';
import { judgeStragglers } from './stragglers.js';
import { staleness } from './gathering.js';
import { listPhrase, workersPhrase } from './wording.js';

/** A rank has applied the step. */
export function commit(state: RunState, worker: number, place: Place, report: CommitReport, nowMs: number): Transition {
  // Of a generation that is over: its rank has not been heard to halt yet.
  if (place.generation < state.generation.number || state.phase !== 'training') return stay(state);
  const stale = staleness(state, place);
  if (stale !== null || memberOf(state, worker)!.report !== null) {
    return violation(state, worker, `committed out of turn: ${stale ?? 'it has committed this step already'}`, nowMs);
  }
  const next = withMember(state, worker, { report, committedMs: nowMs });
  const missing = next.members.some(({ standing, report: own }) => standing === 'serving' && own === null);
  return missing ? stay(next) : advance(next, serving(next), nowMs);
}

/** All have applied the step. */
function advance(state: RunState, ranks: readonly Member[], nowMs: number): Transition {
  const reports = ranks.map(({ report }) => report!);
  const line = metricsLine(state, reports[0], reports, nowMs);
  const step = state.step + 1;
  const applied = withMembers(
    { ...noteProgress(measured(state), line), step, fruitless: 0, failedHere: null },
    (member) => (member.report === null ? member : { ...member, holding: { step, report: member.report } }),
  );
  const recorded = stay(
    applied,
    { kind: 'record', line, account: reports[0].account, ranks: rankTimes(state.generation, ranks) },
    { kind: 'announce', event: { kind: 'step', line } },
  );
  const remarked = chain(recorded, (next) => remarkOnWaiting(next, line));
  return chain(remarked, (next) => judge(next, reports[0], line, nowMs));
}

/** A step whose values were not finite has changed nothing; that may happen now and then. */
function judge(state: RunState, { skipped }: CommitReport, line: MetricsLine, nowMs: number): Transition {
  const next = { ...state, skipped: skipped === null ? 0 : state.skipped + 1 };
  if (skipped === null) return proceed(next, nowMs);
  const rows = listPhrase(skipped.rows);
  if (next.skipped > state.settings.maxSkippedSteps) {
    return fail(nothingToSave(next), notFinite(line.step, next.skipped, skipped.reason, rows), nowMs);
  }
  const text = `step ${line.step} is skipped on all ranks: ${skipped.reason}; training rows ${rows}`;
  return chain(stay(next, { kind: 'announce', event: { kind: 'notice', text } }), (s) => proceed(s, nowMs));
}

/** From parameters that give nothing but infinities nobody wants to go on. */
function nothingToSave(state: RunState): RunState {
  return withMembers(state, (member) => ({ ...member, holding: null }));
}

function proceed(state: RunState, nowMs: number): Transition {
  if (state.stopRequested || state.step >= state.totalSteps) return beginSaving(state, nowMs);
  return chain(compareHashes(state), (next) => chain(judgeStragglers(next, nowMs), (s) => nextStep(s, nowMs)));
}

/** In the same generation where its members stay the same. */
function nextStep(state: RunState, nowMs: number): Transition {
  if (state.phase !== 'training') return stay(state);
  const save = state.saveDue || isSaveStep(state);
  if (state.paused) return regroupBetweenSteps({ ...state, saveDue: save }, 'the run is paused', nowMs);
  const reason = changeOf(state);
  // A checkpoint first: what is new waits for a step, but not for another one.
  const postponed = reason !== null && save && allHold(state) && !state.changePostponed;
  const next = { ...state, changePostponed: postponed };
  if (reason !== null && !postponed) return regroupBetweenSteps({ ...next, saveDue: save }, reason, nowMs);
  const boundaries = rebalanced(next);
  const { generation } = next;
  const moved = boundaries === null ? next : { ...next, generation: { ...generation, boundaries, following: false } };
  return goOn(openStep(moved, nowMs), save, boundaries);
}

/** Why the next step is to be done by other ranks, or by ranks with another state; null where it is not. */
function changeOf(state: RunState): string | null {
  const ranks = serving(state);
  const leaving = ranks.filter(({ leaving }) => leaving);
  if (leaving.length > 0) return `${workersPhrase(leaving.map(({ worker }) => worker))} leave`;
  if (!allHold(state)) return 'parameters differ';
  const room = mostWorkers(state) - ranks.length;
  if (room < 0) return 'fewer workers are wanted';
  const joining = idle(state).filter((member) => !member.leaving);
  if (room <= 0 || joining.length === 0) return null;
  return `${workersPhrase(joining.slice(0, room).map(({ worker }) => worker))} joined`;
}

function allHold(state: RunState): boolean {
  return serving(state).every(({ holding }) => holding?.step === state.step);
}

/** Ranks whose state is not that of the others lose it, and copy it from one of them. */
function compareHashes(state: RunState): Transition {
  const groups = groupBy(serving(state), ({ report }) => report?.stateHash ?? '');
  if (groups.length <= 1) return stay(state);
  const majority = groups.at(-1)!;
  const sound = majority.workers.length * 2 > serving(state).length ? majority.workers : [];
  const ranks = serving(state).map(({ worker }) => worker);
  const doubtful = condemn(
    state,
    ranks.filter((worker) => !sound.includes(worker)),
  );
  const odd = groups.slice(0, sound.length > 0 ? -1 : undefined).flatMap(({ workers }) => workers);
  const remedy =
    sound.length > 0
      ? `get them from ${workersPhrase(sound.slice(0, 1))}`
      : `go back to ${beginningOf(doubtful).checkpoint || 'the beginning'}, as nobody can tell who is right`;
  const text = `parameters of ${workersPhrase(odd)} differ from the others’ after step ${state.step}: they ${remedy}`;
  return stay(doubtful, { kind: 'announce', event: { kind: 'notice', text } });
}

function notFinite(step: number, count: number, reason: string, rows: string): Cause {
  return {
    code: 'MLIP_E_NOT_FINITE',
    message: `${reason} in ${count} steps in a row, at last in step ${step}`,
    where: `step ${step}, training rows ${rows}`,
    remedy: 'Lower optimizer.learningRate, or repair these rows; integrity.maxSkippedSteps is the limit.',
    worker: null,
  };
}

/** A worker took longer than the step may take. */
export function loseLate(state: RunState, late: readonly Member[], what: string, nowMs: number): Transition {
  return late.reduce(
    (transition, { worker }) =>
      chain(transition, (next) =>
        memberOf(next, worker) === undefined ? stay(next) : dropLate(next, worker, what, nowMs),
      ),
    stay(state),
  );
}

function dropLate(state: RunState, worker: number, what: string, nowMs: number): Transition {
  const lost = lose(state, worker, what, nowMs);
  const failure = lost.state.lastLoss!;
  return { state: lost.state, effects: [{ kind: 'drop', worker, failure }, ...lost.effects] };
}
