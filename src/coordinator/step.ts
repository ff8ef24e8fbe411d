/**
 * The coordinator's logic: `step(state, event) -> { state, effects }`, a pure function. The shell (shell.ts) feeds it
 * what comes from the network and from timers, and carries out the effects in their order.
 */
import type { CoordinatorEvent } from './events.js';
import { tick } from './deadlines.js';
import { end, fail, memberFailed, memberLost } from './failing.js';
import { join } from './joining.js';
import { loaded } from './loading.js';
import { type RunState, type Transition, chain, present, stay, withMember } from './state.js';
import { commit, contribution, saved } from './training.js';

export function step(state: RunState, event: CoordinatorEvent): Transition {
  if (!('rank' in event)) return runEvent(state, event);
  const member = state.members.at(event.rank);
  // What a rank sent before it was given up may still arrive.
  if (member === undefined || member.standing === 'lost') return stay(state);
  return rankEvent(withMember(state, event.rank, { seenMs: event.nowMs }), event);
}

type RankEvent = Extract<CoordinatorEvent, { rank: number }>;
type RunWideEvent = Exclude<CoordinatorEvent, { rank: number }>;

function rankEvent(state: RunState, event: RankEvent): Transition {
  const { rank, nowMs } = event;
  switch (event.kind) {
    case 'loaded':
      return loaded(state, rank, event, nowMs);
    case 'heartbeat':
      return stay(state);
    case 'contribution':
      return contribution(state, event, event.tensors, nowMs);
    case 'commit':
      return commit(state, event, event.report, nowMs);
    case 'saved':
      return saved(state, rank, event.step, event.path);
    case 'failed':
      return memberFailed(state, event, nowMs);
    case 'closed':
      return memberLost(state, rank, 'closed its connection', nowMs);
  }
}

function runEvent(state: RunState, event: RunWideEvent): Transition {
  switch (event.kind) {
    case 'join':
      return join(state, event.connection, event.worker, event.nowMs);
    case 'stop':
      return stop(state);
    case 'broken':
      return fail(state, { ...event.failure, rank: null }, event.nowMs);
    case 'tick':
      return tick(state, event.nowMs);
  }
}

function stop(state: RunState): Transition {
  if (state.stopRequested) return stay(state);
  const stopping = { ...state, stopRequested: true };
  if (state.phase === 'training') {
    const text = `stopping after step ${state.step + 1}, as requested`;
    return stay(stopping, { kind: 'announce', event: { kind: 'notice', text } });
  }
  return state.phase === 'joining' || state.phase === 'loading' ? stopBeforeStart(stopping) : stay(stopping);
}

function stopBeforeStart(state: RunState): Transition {
  const cause = {
    code: 'MLIP_E_INTERRUPTED',
    message: 'the run was stopped before its first step',
    where: '',
    remedy: '',
  };
  const aborts = present(state).map(({ rank }) => ({
    kind: 'send' as const,
    rank,
    message: { abort: { cause, save: false } },
  }));
  return chain(stay(state, ...aborts), end);
}
