/** Feeds the state machine one event at a time and carries out its effects, in order. */
import type { Effect } from './events.js';
import type { EventSansTime } from './incoming.js';
import type { RunState } from './state.js';
import { step } from './step.js';

export interface Runner {
  state(): RunState;
  dispatch(event: EventSansTime): void;
  /** Nothing is carried out any more. */
  stop(): void;
}

export interface RunnerOptions {
  initial: RunState;
  /** What takes time holds up everything after it. Must not reject. */
  carryOut: (effect: Effect) => void | Promise<void>;
  /** The state machine itself is at fault: nothing can be relied upon any more. */
  onFault: (error: unknown) => void;
  /** Whether this coordinator still commands; false for ever once it has been. Asked before each event and each effect. */
  mayCommand: () => boolean;
  /** A clock that never jumps. */
  nowMs?: () => number;
}

export function createRunner({
  initial,
  carryOut,
  onFault,
  mayCommand,
  nowMs = () => performance.now(),
}: RunnerOptions): Runner {
  let state = initial;
  const events: EventSansTime[] = [];
  const effects: Effect[] = [];
  let busy = false;
  let stopped = false;

  /** An event that an effect causes waits until the effects before it are done. */
  function work(): void {
    while (!stopped && (effects.length > 0 || events.length > 0)) {
      // A process that was stopped may find its record written, and its lease gone.
      if (!mayCommand()) return discard();
      if (effects.length === 0) take(events.shift()!);
      const pending = effects.length === 0 ? undefined : carryOut(effects.shift()!);
      if (pending === undefined) continue;
      void pending.then(work);
      return;
    }
    busy = false;
  }

  function discard(): void {
    events.length = effects.length = 0;
    busy = false;
  }

  function take(event: EventSansTime): void {
    try {
      const next = step(state, { ...event, nowMs: nowMs() });
      state = next.state;
      effects.push(...next.effects);
    } catch (error) {
      stopped = true;
      onFault(error);
    }
  }

  return {
    state: () => state,
    dispatch(event) {
      events.push(event);
      if (busy) return;
      busy = true;
      work();
    },
    stop() {
      stopped = true;
    },
  };
}
