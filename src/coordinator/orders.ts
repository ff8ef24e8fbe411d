/** What people ask of a run, and what they are answered. An order that changes nothing is fine, and is said to be. */
import type { Failure } from '../rpc/failure.js';
import { drain, staying } from './draining.js';
import type { OrderAnswer, RunOrder } from './events.js';
import { memberOf } from './members.js';
import { pause, resume } from './pausing.js';
import { persist } from './record-of.js';
import { isSaveStep } from './saving.js';
import { present, scale, scaleFault } from './scaling.js';
import { type RunState, isAtRest, isEnding, isOver } from './state.js';
import { stop } from './stopping.js';
import { type Transition, chain, stay } from './transition.js';
import { countPhrase, placePhrase, workersPhrase } from './wording.js';

interface Outcome {
  answer: OrderAnswer | Failure;
  /** Absent where nothing changes. */
  transition?: Transition;
}

/** The answer comes last: what it says is durable by then. */
export function obey(state: RunState, request: number, order: RunOrder, nowMs: number): Transition {
  const { answer, transition = stay(state) } = outcomeOf(state, order, nowMs);
  return chain(transition, (next) => stay(next, { kind: 'answer', request, answer }));
}

function outcomeOf(state: RunState, order: RunOrder, nowMs: number): Outcome {
  if (order.kind === 'stop') return stopOutcome(state, nowMs);
  if (isEnding(state)) return { answer: ending(state) };
  switch (order.kind) {
    case 'pause':
      return pauseOutcome(state);
    case 'resume':
      return resumeOutcome(state, nowMs);
    case 'drain':
      return drainOutcome(state, order, nowMs);
    case 'scale':
      return scaleOutcome(state, order, nowMs);
  }
}

function done(text: string, transition: Transition): Outcome {
  return { answer: { changed: true, text }, transition };
}

function nothing(text: string): Outcome {
  return { answer: { changed: false, text } };
}

function ending({ phase, settings }: RunState): Failure {
  return {
    ...{ code: 'MLIP_E_RUN_OVER', where: `run ${settings.runId}`, remedy: '' },
    message: phase === 'ended' ? 'the run has ended' : 'the run is ending: no further step follows',
  };
}

function stopOutcome(state: RunState, nowMs: number): Outcome {
  if (isOver(state)) return nothing(ending(state).message);
  if (isEnding(state)) return nothing('the run is ending already');
  return done(`the run ends ${endPhrase(state)}`, stopForGood(state, nowMs));
}

/** Ctrl-C is of this process; an order is kept for the next one, should this one die before the run has ended. */
function stopForGood(state: RunState, nowMs: number): Transition {
  const stopping = stop({ ...state, stopOrdered: true }, nowMs);
  return isOver(stopping.state) ? stopping : chain(stopping, (next) => stay(next, persist(next)));
}

function endPhrase({ phase, step }: RunState): string {
  if (phase === 'joining') return 'before its first step';
  return `after step ${phase === 'training' ? step + 1 : step}, with a checkpoint`;
}

function pauseOutcome(state: RunState): Outcome {
  if (state.phase === 'training' && state.step + 1 >= state.totalSteps) return { answer: ending(state) };
  const when = isAtRest(state) ? `is paused ${placePhrase(state.step)}` : `pauses ${placePhrase(nextRest(state))}`;
  if (state.paused) return nothing(`the run ${when} already`);
  return done(`the run ${when}; \`mlip resume\` lets it go on`, pause(state));
}

/** Applied steps when the run comes to rest: a step that is abandoned for a change of ranks is not finished first. */
function nextRest({ phase, step }: RunState): number {
  return phase === 'training' ? step + 1 : step;
}

function resumeOutcome(state: RunState, nowMs: number): Outcome {
  if (!state.paused) return nothing('the run is not paused');
  const text = isAtRest(state)
    ? `the run goes on ${placePhrase(state.step)}`
    : 'the run goes on: it had not paused yet';
  return done(text, resume(state, nowMs));
}

function drainOutcome(state: RunState, order: RunOrder & { kind: 'drain' }, nowMs: number): Outcome {
  const { worker, generation, force } = order;
  const member = memberOf(state, worker);
  if (generation !== state.generation.number) return { answer: stale(state, generation) };
  if (member === undefined) return { answer: unknown(worker) };
  if (member.leaving) return nothing(`worker ${worker} is leaving already`);
  const needed = Math.max(1, state.settings.elastic.minWorkers);
  const left = staying(state, worker);
  if (state.loaded !== null && left < needed && !force) return { answer: neededHere(worker, left, needed) };
  const takesPart = member.standing === 'serving' && state.phase === 'training';
  const when = takesPart ? `after step ${state.step + 1 + stepsPostponed(state)}` : 'now';
  return done(`worker ${worker} leaves ${when}`, drain(state, worker, nowMs));
}

/** A change of membership lets a checkpoint go first that is due after the step under way. */
function stepsPostponed(state: RunState): number {
  const isDue = state.saveDue || isSaveStep({ ...state, step: state.step + 1 });
  return isDue && !state.changePostponed ? 1 : 0;
}

/** In another generation the number may be that of another worker, and the rank is. */
function stale({ generation }: RunState, asked: number): Failure {
  return {
    code: 'MLIP_E_RUN_STALE',
    message: `the ranks have changed: this is generation ${generation.number}, not ${asked}`,
    where: '',
    remedy: 'Look at `mlip status -o wide`, and ask again.',
  };
}

function unknown(worker: number): Failure {
  return {
    ...{ code: 'MLIP_E_WORKER_UNKNOWN', message: `the run has no worker ${worker}`, where: '' },
    remedy: 'Look at `mlip status -o wide`.',
  };
}

function neededHere(worker: number, left: number, needed: number): Failure {
  const message =
    left === 0
      ? `worker ${worker} is the last one: without it the run waits for others, and ends if none comes`
      : `without worker ${worker} there ${left === 1 ? 'is' : 'are'} ${left}, and the run needs ${needed} (elastic.minWorkers)`;
  const remedy =
    'Start another worker first, pause the run, or give --force: a checkpoint is written where it is the last one.';
  return { code: 'MLIP_E_WORKER_NEEDED', message, where: `worker ${worker}`, remedy };
}

function scaleOutcome(state: RunState, order: RunOrder & { kind: 'scale' }, nowMs: number): Outcome {
  const { workers, lets } = order;
  const fault = scaleFault(state, workers);
  if (fault !== null) return { answer: fault };
  const here = present(state).length;
  if (state.wanted === workers && here === workers)
    return nothing(`the run has ${countPhrase(workers, 'worker')} already`);
  const transition = scale(state, workers, lets, nowMs);
  return done(
    `${countPhrase(workers, 'worker')} wanted; ${differenceText(state, transition.state, order)}`,
    transition,
  );
}

function differenceText(before: RunState, after: RunState, { workers, lets }: RunOrder & { kind: 'scale' }): string {
  const here = present(before).length;
  if (here === workers) return 'as many are here';
  if (lets === 'stay') {
    const patch = JSON.stringify({ spec: { parallelism: workers, completions: workers } });
    return `${here} here. Kubernetes has the number: kubectl patch job WORKERS --type=merge -p '${patch}'`;
  }
  if (here < workers) return `${here} here: ${countPhrase(workers - here, 'more worker')} to be started`;
  const going = present(before).filter(({ worker }) => !present(after).some((other) => other.worker === worker));
  return `${here} here: ${workersPhrase(going.map(({ worker }) => worker))} ${going.length === 1 ? 'leaves' : 'leave'}`;
}
