/**
 * A run is paused between two steps: its workers abandon nothing, keep their state, and wait as they do where there are too few of
 * them. When it goes on, a new generation begins with the state that they hold.
 */
import { enoughIdle, startingWorkers } from './candidates.js';
import { form, sayPaused } from './forming.js';
import { persist } from './record-of.js';
import { type RunState, isAtRest } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** From now on no step begins. */
export function pause(state: RunState): Transition {
  const paused = persisted({ ...state, paused: true });
  if (isAtRest(state)) return chain(paused, sayPaused);
  const text = `pausing after step ${state.step + 1}, as requested`;
  return chain(paused, (next) => stay(next, { kind: 'announce', event: { kind: 'notice', text } }));
}

/** Where the pause had not begun yet, nothing is to be done. */
export function resume(state: RunState, nowMs: number): Transition {
  const going = persisted({ ...state, paused: false });
  if (!isAtRest(state)) {
    const text = 'the pause is called off before it has begun';
    return chain(going, (next) => stay(next, { kind: 'announce', event: { kind: 'notice', text } }));
  }
  const resumed = { kind: 'announce', event: { kind: 'resumed', step: state.step } } as const;
  return chain(
    chain(going, (next) => stay(next, resumed)),
    (next) => goOn(next, nowMs),
  );
}

/** Whoever is missing has as much time to come as where the run had not been paused. */
function goOn(state: RunState, nowMs: number): Transition {
  const { timeouts, elastic } = state.settings;
  const isNew = state.phase === 'joining';
  const generation = isNew ? state.generation : { ...state.generation, reason: 'the run was paused and goes on' };
  const going = { ...state, generation, deadlineMs: nowMs + (isNew ? timeouts.joinMs : elastic.rejoinMs) };
  const enough = enoughIdle(going, isNew ? startingWorkers(going) : elastic.minWorkers);
  return enough ? form(going, nowMs) : stay(going);
}

/** Before anybody is told: a coordinator that takes over is to know of it. */
function persisted(state: RunState): Transition {
  return stay(state, persist(state));
}
