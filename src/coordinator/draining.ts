/** Workers that go while the run goes on: by themselves, or since somebody wants them to. */
import { form } from './forming.js';
import { askToLeave, release } from './leaving.js';
import { memberOf } from './members.js';
import type { RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** A worker that takes part is let off after the step; while the run waits, its state may be the only one. */
export function leave(state: RunState, worker: number, nowMs: number): Transition {
  const member = memberOf(state, worker)!;
  if (member.leaving) return stay(state);
  const asked = askToLeave(state, worker);
  if (member.standing === 'loading') return chain(asked, (next) => release(next, worker, false));
  if (state.phase === 'waiting') return chain(asked, (next) => form(next, nowMs));
  const free = member.standing === 'idle' && (state.phase === 'training' || state.phase === 'joining');
  return free ? chain(asked, (next) => release(next, worker, false)) : asked;
}

/** The worker hears of it, and asks for itself: also the next coordinator, should this one be lost before it is let off. */
export function drain(state: RunState, worker: number, nowMs: number): Transition {
  const told = stay(state, { kind: 'send', worker, message: { drain: {} } });
  return chain(told, (next) => leave(next, worker, nowMs));
}

/** Workers that would go on without that one. */
export function staying({ members }: RunState, without: number): number {
  const able = members.filter(({ standing }) => standing !== 'loading' && standing !== 'failed');
  return able.filter(({ worker, leaving }) => worker !== without && !leaving).length;
}
