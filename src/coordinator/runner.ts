/** Feeds the state machine one event at a time and carries out its effects, in order. */
import type { Effect } from './events.js';
import type { EventSansTime } from './incoming.js';
import { type RunSettings, type RunState, initialState } from './state.js';
import { step } from './step.js';

export interface Runner {
  state(): RunState;
  dispatch(event: EventSansTime): void;
}

/** `nowMs` is a clock that never jumps. An event that an effect causes waits until that event's effects are done. */
export function createRunner(
  settings: RunSettings,
  carryOut: (effect: Effect) => void,
  nowMs: () => number = () => performance.now(),
): Runner {
  let state = initialState(settings, nowMs());
  const queue: EventSansTime[] = [];
  let busy = false;

  function work(event: EventSansTime): void {
    const next = step(state, { ...event, nowMs: nowMs() });
    state = next.state;
    next.effects.forEach(carryOut);
  }

  return {
    state: () => state,
    dispatch(event) {
      queue.push(event);
      if (busy) return;
      busy = true;
      while (queue.length > 0) work(queue.shift()!);
      busy = false;
    },
  };
}
