/** Steps: every rank contributes its rows to the gather, every rank commits, then each is told how to go on. */
import { microBatchCount, shareOf } from '../core/plan.js';
import type { MetricsLine } from '../rpc/run-events.js';
import type { Failure } from '../rpc/failure.js';
import type { TensorHeader } from '../rpc/service.js';
import { remarkOnWaiting } from './data-wait.js';
import type { Effect, Place, StepReport } from './events.js';
import { end, fail, nobodyIntact, savedAfterFailure, violation } from './failing.js';
import { metricsLine } from './metrics-line.js';
import { type Cause, type Member, type RunState, type Transition, chain, stay, withMember } from './state.js';

/** The state in which the step after the applied ones is under way. */
export function openStep(state: RunState, nowMs: number): RunState {
  const { stepMs, dataMs } = state.settings.timeouts;
  const members = state.members.map((member): Member => ({ ...member, contributed: false, report: null }));
  return { ...state, members, gathering: null, openedMs: nowMs, deadlineMs: nowMs + dataMs + stepMs };
}

/** All rows of a rank have come. */
export function contribution(
  state: RunState,
  place: Place,
  tensors: readonly TensorHeader[],
  nowMs: number,
): Transition {
  const { rank, step } = place;
  const failure = contributionFault(state, place, tensors);
  if (failure !== null) return stay(state, { kind: 'refuseContribution', rank, failure });
  const gathering = state.gathering ?? tensors;
  const deadlineMs = state.gathering === null ? nowMs + state.settings.timeouts.stepMs : state.deadlineMs;
  const next = withMember({ ...state, gathering, deadlineMs }, rank, { contributed: true });
  if (next.members.some((member) => !member.contributed)) return stay(next);
  return stay({ ...next, deadlineMs: nowMs + state.settings.timeouts.stepMs }, { kind: 'release', step });
}

/** Why a contribution cannot be taken; null if it can. Asked before its bytes are read, and again when all have come. */
export function contributionFault(state: RunState, place: Place, tensors: readonly TensorHeader[]): Failure | null {
  if (state.phase !== 'training')
    return fault('MLIP_E_RUN_CLOSED', `no step is under way, the run is ${state.phase}`, place);
  const stale = staleness(state, place);
  if (stale !== null) return fault('MLIP_E_RUN_STALE', stale, place);
  const member = state.members.at(place.rank);
  if (member?.standing !== 'serving') return fault('MLIP_E_RPC_PROTOCOL', 'no such rank takes part', place);
  if (member.contributed) return fault('MLIP_E_RPC_PROTOCOL', 'this rank has contributed already', place);
  const wrong = shapeFault(state, place.rank, tensors);
  return wrong === null ? null : fault('MLIP_E_RPC_TENSOR', wrong, place);
}

function fault(code: string, message: string, { rank, step }: Place): Failure {
  return { code, message, where: `rank ${rank}, gather of step ${step + 1}`, remedy: '' };
}

function staleness(state: RunState, { generation, step }: Place): string | null {
  if (generation !== state.generation) return `generation ${generation} is over, this is ${state.generation}`;
  if (step !== state.step) return `step ${step + 1} is not under way, step ${state.step + 1} is`;
  return null;
}

function shapeFault({ settings, gathering }: RunState, rank: number, tensors: readonly TensorHeader[]): string | null {
  const { start, end: stop } = shareOf(rank, settings.world, microBatchCount(settings));
  const rows = (stop - start) * settings.microBatchSize;
  const odd = tensors.find((tensor) => tensor.rows !== rows);
  if (odd !== undefined) return `tensor "${odd.name}" has ${odd.rows} rows, this rank computes ${rows}`;
  const layout = (list: readonly TensorHeader[]): string =>
    list.map(({ name, rowBytes }) => `${name} of ${rowBytes} bytes a row`).join(', ');
  if (gathering === null || layout(tensors) === layout(gathering)) return null;
  return `this rank sends ${layout(tensors)}; another sent ${layout(gathering)}`;
}

/** A rank has applied the step. */
export function commit(state: RunState, place: Place, report: StepReport, nowMs: number): Transition {
  const { rank } = place;
  if (state.phase !== 'training') {
    const late = state.phase === 'aborting' || state.phase === 'ended';
    return late ? stay(state) : violation(state, rank, `committed a step while the run was ${state.phase}`, nowMs);
  }
  const stale = staleness(state, place);
  if (stale !== null || state.members[rank].report !== null) {
    return violation(state, rank, `committed out of turn: ${stale ?? 'it has committed this step already'}`, nowMs);
  }
  const next = withMember(state, rank, { report, committedMs: nowMs });
  const reports = next.members.flatMap((member) => member.report ?? []);
  return reports.length < next.members.length ? stay(next) : advance(next, reports, nowMs);
}

function advance(state: RunState, reports: readonly StepReport[], nowMs: number): Transition {
  const line = metricsLine(state, reports, nowMs);
  const broken = Object.keys(line).find((key) => !Number.isFinite(line[key]));
  if (broken !== undefined) return fail(nobodyIntact(state), notFinite(line, broken), nowMs);
  const step = state.step + 1;
  const stop = state.stopRequested || step >= state.totalSteps;
  const { saveEverySteps } = state.settings;
  const save = stop || (saveEverySteps > 0 && step % saveEverySteps === 0);
  const recorded = stay(
    stop ? beginSaving({ ...state, step }, nowMs) : openStep({ ...state, step }, nowMs),
    { kind: 'record', line },
    { kind: 'announce', event: { kind: 'step', line } },
    ...directives(state, step, save, stop),
  );
  return chain(recorded, (next) => remarkOnWaiting(next, line));
}

function beginSaving(state: RunState, nowMs: number): RunState {
  const members = state.members.map((member): Member => ({ ...member, report: null }));
  return { ...state, members, phase: 'saving', deadlineMs: nowMs + state.settings.timeouts.stepMs };
}

/** Rank 0 writes the checkpoints. */
function directives(state: RunState, nextStep: number, save: boolean, stop: boolean): Effect[] {
  return state.members.map(({ rank }) => ({
    kind: 'send',
    rank,
    message: { directive: { nextStep, save: save && rank === 0, stop } },
  }));
}

function notFinite(line: MetricsLine, key: string): Cause {
  return {
    code: 'MLIP_E_NOT_FINITE',
    message: `${key} of step ${line.step} is ${line[key]}`,
    where: `step ${line.step}`,
    remedy: 'Lower optimizer.learningRate, or look for broken rows; continue from the newest checkpoint.',
    rank: null,
  };
}

/** A checkpoint is written; `step` counts the steps applied in it. */
export function saved(state: RunState, rank: number, step: number, path: string): Transition {
  if (state.phase === 'aborting') return savedAfterFailure(state, rank, step, path);
  if (state.phase !== 'training' && state.phase !== 'saving') return stay(state);
  const next = stay(
    { ...state, checkpoint: { step, path } },
    { kind: 'announce', event: { kind: 'saved', step, path } },
  );
  return state.phase === 'saving' && step === state.step ? chain(next, end) : next;
}
