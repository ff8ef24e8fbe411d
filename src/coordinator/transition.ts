/** A new state, and what is to be done about it. */
import type { Effect } from './events.js';
import type { RunState } from './state.js';

export interface Transition {
  state: RunState;
  effects: Effect[];
}

export function stay(state: RunState, ...effects: Effect[]): Transition {
  return { state, effects };
}

/** Goes on from a transition, keeping its effects. */
export function chain(first: Transition, next: (state: RunState) => Transition): Transition {
  const { state, effects } = next(first.state);
  return { state, effects: [...first.effects, ...effects] };
}
