/** Time passes: workers that fall silent, and waits that are overdue. */
import { MISSED_HEARTBEATS, MISSED_HEARTBEATS_AT_START } from '../rpc/protocol.js';
import { enoughIdle, idle, startingWorkers } from './candidates.js';
import { end, fail } from './failing.js';
import { form, formWhenHalted, holderIsGone } from './forming.js';
import { lose, redo } from './losing.js';
import { memberOf, rankOf, serving, withMembers } from './members.js';
import { type Cause, type Member, type RunState, isPausedNow } from './state.js';
import { type Transition, chain, stay } from './transition.js';
import { loseLate } from './training.js';
import { countPhrase, secondsPhrase, workersPhrase } from './wording.js';

export function tick(state: RunState, nowMs: number): Transition {
  if (state.phase === 'ended') return stay(state);
  const awake = forgiveOwnSleep(state, nowMs);
  return chain(
    chain(loseSilent(awake, nowMs), (next) => endPatience(next, nowMs)),
    (next) => endWait(next, nowMs),
  );
}

/** If the coordinator itself did not run for a while, nobody else is to blame for the silence. */
function forgiveOwnSleep(state: RunState, nowMs: number): RunState {
  const sleptMs = nowMs - state.tickedMs;
  const ticked = { ...state, tickedMs: nowMs };
  if (sleptMs <= state.settings.timeouts.heartbeatMs) return ticked;
  const forgiven = withMembers(ticked, (member) => ({ ...member, seenMs: member.seenMs + sleptMs }));
  return { ...forgiven, deadlineMs: state.deadlineMs + sleptMs };
}

/** Given up in order of silence, so that the one which fell silent first is named as the cause. */
function loseSilent(state: RunState, nowMs: number): Transition {
  const silent = state.members.filter((member) => nowMs - member.seenMs > patienceMs(state, member));
  silent.sort((a, b) => a.seenMs - b.seenMs);
  return silent.reduce((transition, member) => chain(transition, (next) => giveUp(next, member, nowMs)), stay(state));
}

/** Loading and tracing keep a worker from its heartbeat for long. */
function patienceMs({ settings }: RunState, { standing }: Member): number {
  const missed = standing === 'loading' ? MISSED_HEARTBEATS_AT_START : MISSED_HEARTBEATS;
  return missed * settings.timeouts.heartbeatMs;
}

function giveUp(state: RunState, { worker, seenMs }: Member, nowMs: number): Transition {
  if (state.phase === 'ended' || memberOf(state, worker) === undefined) return stay(state);
  const lost = lose(state, worker, `was silent for ${secondsPhrase(nowMs - seenMs)}`, nowMs);
  return { state: lost.state, effects: [{ kind: 'drop', worker, failure: GIVEN_UP }, ...lost.effects] };
}

const GIVEN_UP = {
  code: 'MLIP_E_WORKER_LOST',
  message: 'the coordinator gave this worker up, as it was silent for too long',
  where: '',
  remedy: 'Look for what stopped the process, or raise timeouts.heartbeatMs.',
};

function endPatience(state: RunState, nowMs: number): Transition {
  const { phase, holderMissedUntilMs } = state;
  const isOver = phase === 'waiting' && holderMissedUntilMs !== 0 && nowMs >= holderMissedUntilMs;
  return isOver ? holderIsGone(state, nowMs) : stay(state);
}

function endWait(state: RunState, nowMs: number): Transition {
  // A run that is paused has time: whoever is missing may come until it goes on.
  if (nowMs < state.deadlineMs || isPausedNow(state)) return stay(state);
  switch (state.phase) {
    case 'joining':
      return startWithFewer(state, nowMs);
    case 'training':
      return endStep(state, nowMs);
    case 'halting':
      return endHalting(state, nowMs);
    case 'waiting':
      return fail(state, inVain(state), nowMs);
    case 'saving':
      return fail(state, overdue(state, [], 'write the last checkpoint'), nowMs);
    case 'aborting':
      return end(state);
    case 'ended':
      return stay(state);
  }
}

function startWithFewer(state: RunState, nowMs: number): Transition {
  const { minWorkers } = state.settings.elastic;
  if (!enoughIdle(state, minWorkers)) return fail(state, missingWorkers(state), nowMs);
  const text = `${missing(state)}; starting with ${countPhrase(idle(state).length, 'worker')}`;
  return chain(stay(state, { kind: 'announce', event: { kind: 'notice', text } }), (next) => form(next, nowMs));
}

/** Whoever is late is lost; where all are, nobody is to blame, and the step is redone. */
function endStep(state: RunState, nowMs: number): Transition {
  const { what, late } = awaited(state);
  if (late.length === serving(state).length) return redo(state, overdue(state, late, what), null, nowMs);
  return loseLate(state, late, `did not ${what} within ${secondsPhrase(state.settings.timeouts.stepMs)}`, nowMs);
}

/** Who does not say what it holds is lost, and so is who has not come back. */
function endHalting(state: RunState, nowMs: number): Transition {
  const late = state.members.filter(({ standing }) => standing === 'halting');
  const without = stay({ ...state, awaited: [] });
  const lost = chain(without, (next) => loseLate(next, late, 'did not abandon its step', nowMs));
  return chain(lost, formWhenHalted(nowMs));
}

function missing(state: RunState): string {
  const { settings } = state;
  const [count, wanted] = [idle(state).length, startingWorkers(state)];
  const rest = wanted - count;
  return (
    `${count} of ${countPhrase(wanted, 'worker')} joined within ${secondsPhrase(settings.timeouts.joinMs)}; ` +
    `${rest} ${rest === 1 ? 'is' : 'are'} missing`
  );
}

function missingWorkers(state: RunState): Cause {
  return {
    ...{ code: 'MLIP_E_JOIN_TIMEOUT', message: missing(state), where: '', worker: null },
    remedy: 'Look at the logs of the missing workers, or raise timeouts.joinMs.',
  };
}

/** The run has waited for workers long enough. */
function inVain({ settings, lastLoss }: RunState): Cause {
  const { rejoinMs, minWorkers } = settings.elastic;
  const waited = `no ${minWorkers > 1 ? `${minWorkers} workers` : 'worker'} within ${secondsPhrase(rejoinMs)}`;
  if (lastLoss !== null) return { ...lastLoss, message: `${lastLoss.message}; ${waited} after that` };
  return {
    ...{ code: 'MLIP_E_JOIN_TIMEOUT', message: waited, where: '', worker: null },
    remedy: 'Start workers; elastic.rejoinMs is how long the run waits for them.',
  };
}

export interface Awaited {
  what: string;
  /** Members that have not done it. */
  late: readonly Member[];
}

/** What a step waits for, in words that fit after "worker 1 did not". */
export function awaited(state: RunState): Awaited {
  const ranks = serving(state);
  const step = state.step + 1;
  const placed = (member: Member): boolean => state.generation.inPlace.includes(rankOf(state, member.worker));
  if (ranks.some((member) => !placed(member))) {
    return { what: 'get into place', late: ranks.filter((member) => !placed(member)) };
  }
  const gathering = state.gathering !== null && ranks.some(({ contributed }) => !contributed);
  if (gathering) {
    return { what: `contribute to the gather of step ${step}`, late: ranks.filter(({ contributed }) => !contributed) };
  }
  return { what: `finish step ${step}`, late: ranks.filter(({ report }) => report === null) };
}

function overdue({ settings, step }: RunState, late: readonly Member[], what: string): Cause {
  const workers = late.length === 0 ? 'the workers' : workersPhrase(late.map(({ worker }) => worker));
  return {
    code: 'MLIP_E_RUN_TIMEOUT',
    message: `${workers} did not ${what} within ${secondsPhrase(settings.timeouts.stepMs)}`,
    where: `${workers}, ${countPhrase(step, 'step')} applied`,
    remedy: 'Look at the log of that worker; raise timeouts if it is only slow.',
    worker: late.length === 1 ? late[0].worker : null,
  };
}
