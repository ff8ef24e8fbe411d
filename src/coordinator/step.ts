/**
 * The coordinator's logic: `step(state, event) -> { state, effects }`, a pure function. The shell (shell.ts) feeds it
 * what comes from the network and from timers, and carries out the effects in their order.
 */
import { tick } from './deadlines.js';
import type { CoordinatorEvent, WorkerEvent } from './events.js';
import { end, fail } from './failing.js';
import { checkpointFound, form } from './forming.js';
import { contribution } from './gathering.js';
import { inPlace } from './in-place.js';
import { join, loaded } from './joining.js';
import { leave } from './draining.js';
import { releaseAll } from './leaving.js';
import { halted, lose, memberFailed } from './losing.js';
import { noteSaveFailed, noteSaved, savedAfterFailure } from './saving.js';
import { memberOf, withMember } from './members.js';
import { obey } from './orders.js';
import { stop } from './stopping.js';
import type { RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';
import { commit } from './training.js';

export function step(state: RunState, event: CoordinatorEvent): Transition {
  if (!('worker' in event)) return runEvent(state, event);
  // What a worker sent before it was given up may still arrive.
  if (memberOf(state, event.worker) === undefined) return stay(state);
  return workerEvent(withMember(state, event.worker, { seenMs: event.nowMs }), event);
}

/** The end of a former stream may come late. */
function closed(state: RunState, worker: number, connection: number, nowMs: number): Transition {
  const isCurrent = memberOf(state, worker)!.connection === connection;
  return isCurrent ? lose(state, worker, 'closed its connection', nowMs) : stay(state);
}

type RunWideEvent = Exclude<CoordinatorEvent, { worker: number }>;

function workerEvent(state: RunState, event: WorkerEvent & { nowMs: number }): Transition {
  const { worker, nowMs } = event;
  switch (event.kind) {
    case 'loaded':
      return loaded(state, worker, event, nowMs);
    case 'heartbeat':
      return stay(state);
    case 'commit':
      return commit(state, worker, event, event.report, nowMs);
    case 'halted':
      return halted(state, worker, event, nowMs);
    case 'inPlace':
      return inPlace(state, worker, event.generation, nowMs);
    case 'leave':
      return leave(state, worker, nowMs);
    case 'saved':
      return saved(state, worker, event.step, event.path, nowMs);
    case 'saveFailed':
      return noteSaveFailed(state, worker, event.step, event.failure);
    case 'failed':
      return memberFailed(state, worker, event, nowMs);
    case 'closed':
      return closed(state, worker, event.connection, nowMs);
  }
}

function runEvent(state: RunState, event: RunWideEvent): Transition {
  switch (event.kind) {
    case 'join':
      return join(state, event, event.nowMs);
    case 'contribution':
      return contribution(state, event, event.nowMs);
    case 'checkpointFound':
      return checkpointFound(state, event.checkpoint, event.nowMs);
    case 'stop':
      return stop(state, event.nowMs);
    case 'order':
      return obey(state, event.request, event.order, event.nowMs);
    case 'broken':
      return fail(state, { ...event.failure, worker: null }, event.nowMs);
    case 'tick':
      return tick(state, event.nowMs);
  }
}

function saved(state: RunState, worker: number, applied: number, path: string, nowMs: number): Transition {
  if (state.phase === 'aborting') return savedAfterFailure(state, worker, applied, path);
  const noted = noteSaved(state, worker, applied, path);
  if (state.phase !== 'saving' || applied !== state.step) return noted;
  const isLast = state.stopRequested || state.step >= state.totalSteps;
  if (isLast) return chain(noted, end);
  return chain(chain(noted, releaseAll), (next) => form(next, nowMs));
}
