/** A run ends on request: after the step under way, with a checkpoint. */
import { end } from './failing.js';
import { form } from './forming.js';
import type { RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

export function stop(state: RunState, nowMs: number): Transition {
  if (state.stopRequested) return stay(state);
  const stopping = { ...state, stopRequested: true };
  switch (state.phase) {
    case 'training': {
      const text = `stopping after step ${state.step + 1}, as requested`;
      return stay(stopping, { kind: 'announce', event: { kind: 'notice', text } });
    }
    case 'joining':
      return stopBeforeStart(stopping);
    case 'waiting':
      return state.members.length === 0 ? end(stopping) : form(stopping, nowMs);
    default:
      return stay(stopping);
  }
}

function stopBeforeStart(state: RunState): Transition {
  const cause = {
    code: 'MLIP_E_INTERRUPTED',
    message: 'the run was stopped before its first step',
    where: '',
    remedy: '',
  };
  const aborts = state.members.map(({ worker }) => ({
    kind: 'send' as const,
    worker,
    message: { abort: { cause, save: false } },
  }));
  return chain(stay(state, ...aborts), end);
}
