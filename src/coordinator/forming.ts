/** A generation begins: who takes part, with which micro-batches, and from where each gets the state. */
import type { CoordinatorMessage } from '../rpc/service.js';
import type { FoundCheckpoint } from './events.js';
import { disagreement } from './agreement.js';
import { type Beginning, beginningOf, chosen, enoughIdle, idle, sourcesOf } from './candidates.js';
import { catchUp } from './catching-up.js';
import { end, fail } from './failing.js';
import { allLeave, releaseLeavers, saveAndLeave } from './leaving.js';
import { boundariesFor } from './pace.js';
import { beginSaving } from './saving.js';
import { withPlan } from './initial-state.js';
import { memberOf, withMembers } from './members.js';
import { persist } from './record-of.js';
import type { Cause, Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';
import { openStep } from './opening.js';
import { countPhrase, secondsPhrase } from './wording.js';

/** Forms the next generation of all that could take part, or waits where these are too few. */
export function form(state: RunState, nowMs: number): Transition {
  return chain(releaseLeavers(state), (next) => formOf(next, idle(next), nowMs));
}

function formOf(state: RunState, able: readonly Member[], nowMs: number): Transition {
  if (able.length === 0) return state.stopRequested ? end(state) : wait(state, nowMs);
  const cause = state.loaded === null ? (disagreement(able) ?? tooFewRows(state, able)) : null;
  if (cause !== null) return fail(state, cause, nowMs);
  const planned = state.loaded === null ? withPlan(state, able[0].loaded) : state;
  const beginning = beginningOf(planned);
  const goesBack = beginning.step < planned.step;
  // Whoever had the newest state may come back for as long as the run is paused.
  if (goesBack && isHeld(planned)) return wait(planned, nowMs);
  if (goesBack && nowMs < planned.holderMissedUntilMs) return waitForHolder(planned, nowMs);
  const needsCheckpoint = goesBack || beginning.holders.length === 0;
  if (needsCheckpoint && planned.checkpointTrust !== 'sure') return lookForCheckpoint(planned, nowMs);
  return chain(catchUp(planned, beginning, nowMs), (next) => beginOrEnd(next, beginning, nowMs));
}

/** To compute steps again takes longer than a broken connection. */
function waitForHolder(state: RunState, nowMs: number): Transition {
  if (state.phase === 'waiting') return stay(state);
  const patience = secondsPhrase(state.holderMissedUntilMs - nowMs);
  const text = `nobody who is there has the state after step ${state.step}; waiting ${patience} for whoever had it`;
  return chain(stay(state, { kind: 'announce', event: { kind: 'notice', text } }), (next) => waitSilently(next, nowMs));
}

/** Whoever had the newest state has not come back. Who is to leave is let off, even if nobody goes on. */
export function holderIsGone(state: RunState, nowMs: number): Transition {
  const without = { ...state, holderMissedUntilMs: 0 };
  const leaves = idle(without).some(({ leaving }) => leaving);
  return leaves || enoughIdle(without, state.settings.elastic.minWorkers) ? form(without, nowMs) : stay(without);
}

/** Nobody holds the newest state: it is loaded, but only from a checkpoint that is as it was written. */
function lookForCheckpoint(state: RunState, nowMs: number): Transition {
  if (state.checkpointTrust === 'looking') return stay(state);
  const looking = { ...state, checkpointTrust: 'looking' as const };
  return chain(wait(looking, nowMs), (next) => stay(next, { kind: 'findCheckpoint' }));
}

/** The newest checkpoint that is whole; null where there is none. */
export function checkpointFound(state: RunState, found: FoundCheckpoint | null, nowMs: number): Transition {
  const checkpoint = found === null ? null : { step: found.step, path: found.path };
  const step = found?.recorded === true ? found.step : state.step;
  const sure = { ...state, step, checkpoint, checkpointTrust: 'sure' as const };
  return state.phase === 'waiting' ? form(sure, nowMs) : stay(sure);
}

/** Nobody goes on after the last step, after a request to stop, or where all leave. */
function beginOrEnd(state: RunState, beginning: Beginning, nowMs: number): Transition {
  if (state.step >= state.totalSteps || state.stopRequested) return beginSaving(state, nowMs);
  if (allLeave(state)) return chain(saveAndLeave(state, nowMs), (next) => waitIfEmpty(next, nowMs));
  if (state.paused || idle(state).length < state.settings.elastic.minWorkers) return wait(state, nowMs);
  return begin(state, beginning, nowMs);
}

function isHeld(state: RunState): boolean {
  return state.paused && !state.stopRequested && !allLeave(state);
}

function waitIfEmpty(state: RunState, nowMs: number): Transition {
  return state.members.length === 0 ? wait(state, nowMs) : stay(state);
}

/** While a generation is over: forms the next one as soon as everybody has said what it holds. */
export function formWhenHalted(nowMs: number) {
  return (state: RunState): Transition => {
    if (state.phase !== 'halting' || state.awaited.length > 0) return stay(state);
    return state.members.some(({ standing }) => standing === 'halting') ? stay(state) : form(state, nowMs);
  };
}

function begin(state: RunState, beginning: Beginning, nowMs: number): Transition {
  const ranks = chosen(state, beginning);
  const first = !state.announced;
  const formed = withGeneration(state, ranks, beginning, nowMs);
  const { runId } = state.settings;
  const persisted = stay(formed, persist(formed));
  const { totalSteps, step } = formed;
  const started = { kind: 'started' as const, runId, startStep: step, steps: totalSteps, world: ranks.length };
  const announced = first ? chain(persisted, (next) => stay(next, { kind: 'announce', event: started })) : persisted;
  return chain(announced, (next) => stay(openStep(next, nowMs), ...assignments(next, beginning)));
}

function withGeneration(state: RunState, ranks: readonly number[], beginning: Beginning, nowMs: number): RunState {
  const { generation, phase } = state;
  // At the end of a step the others go on computing while those that join copy the state.
  const following = phase === 'training' && ranks.some((worker) => !beginning.holders.includes(worker));
  const computing = ranks.filter((worker) => !following || beginning.holders.includes(worker));
  const next = {
    ...generation,
    number: phase === 'halting' ? generation.number : generation.number + 1,
    ...{ ranks, following, inPlace: [], boundaries: spread(state, ranks, computing) },
    ...(phase === 'halting' ? {} : { changedMs: nowMs }),
  };
  const seated = withMembers(state, (member) => seat(member, ranks, beginning));
  return { ...seated, phase: 'training', generation: next, awaited: [], announced: true, holderMissedUntilMs: 0 };
}

/** Who is to copy or load the state has it once it is in place. */
function seat(member: Member, ranks: readonly number[], { holders }: Beginning): Member {
  if (!ranks.includes(member.worker)) return member;
  return { ...member, standing: 'serving', holding: holders.includes(member.worker) ? member.holding : null };
}

/** Boundaries of all ranks, where only `computing` have micro-batches. */
function spread(state: RunState, ranks: readonly number[], computing: readonly number[]): number[] {
  const members = computing.map((worker) => memberOf(state, worker)!);
  const inner = boundariesFor(state, members);
  let position = 0;
  return [0, ...ranks.map((worker) => inner[computing.includes(worker) ? ++position : position])];
}

function assignments(state: RunState, beginning: Beginning) {
  const { generation, step, totalSteps } = state;
  const { ranks, number } = generation;
  const boundaries = [...generation.boundaries];
  const sources = sourcesOf(ranks, beginning);
  const peers = ranks.map((worker) => {
    const { host, port } = memberOf(state, worker)!.info;
    return { worker, host, port };
  });
  return ranks.map((worker, rank) => {
    const shared = { generation: number, rank, peers, boundaries, step, steps: totalSteps };
    const assign = { ...shared, ...sourceOf(sources[rank], beginning, worker) };
    return { kind: 'send' as const, worker, message: { assign } satisfies CoordinatorMessage };
  });
}

function sourceOf(copyFrom: number | null, { holders, checkpoint }: Beginning, worker: number) {
  if (copyFrom !== null) return { copyFrom };
  return holders.includes(worker) ? {} : { load: { checkpoint } };
}

/** Too few workers: the run waits for others, but not for ever. Where it is paused it waits until it is to go on. */
export function wait(state: RunState, nowMs: number): Transition {
  const waiting = waitSilently(state, nowMs);
  if (state.phase === 'waiting') return waiting;
  if (state.paused) return state.phase === 'joining' ? waiting : chain(waiting, sayPaused);
  const { minWorkers, rejoinMs } = state.settings.elastic;
  const text = `waiting ${secondsPhrase(rejoinMs)} at most for workers: at least ${countPhrase(minWorkers, 'worker')} must be there`;
  return chain(waiting, (next) => stay(next, { kind: 'announce', event: { kind: 'notice', text } }));
}

export function sayPaused(state: RunState): Transition {
  return stay(state, { kind: 'announce', event: { kind: 'paused', step: state.step } });
}

function waitSilently(state: RunState, nowMs: number): Transition {
  const deadlineMs = state.phase === 'waiting' ? state.deadlineMs : nowMs + state.settings.elastic.rejoinMs;
  return stay({ ...state, phase: 'waiting', deadlineMs, awaited: [] });
}

function tooFewRows({ settings }: RunState, [{ loaded }]: readonly Member[]): Cause | null {
  const { batchSize } = settings;
  if (loaded!.rows >= batchSize) return null;
  return {
    code: 'MLIP_E_DATA_TOO_FEW_PAIRS',
    message: `the manifest has ${loaded!.rows} training rows, a batch has ${batchSize}`,
    where: '',
    remedy: 'Lower batchSize, or add rows.',
    worker: null,
  };
}
