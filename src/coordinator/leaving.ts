/** Workers that have been told to go are let off between two steps; the last one saves first. */
import type { Effect } from './events.js';
import { beginSaving } from './saving.js';
import { withMember, without } from './members.js';
import type { Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** A worker asks to be let off: at once where it does not take part, else at the end of the step. */
export function askToLeave(state: RunState, worker: number): Transition {
  const asked = withMember(state, worker, { leaving: true });
  return stay(asked, { kind: 'announce', event: { kind: 'leaving', worker } });
}

/** Lets go of idle members that want to leave, where others hold what they hold. */
export function releaseLeavers(state: RunState): Transition {
  const idle = state.members.filter(({ standing }) => standing === 'idle');
  const staying = idle.filter(({ leaving }) => !leaving);
  const top = Math.max(-1, ...staying.map(stepOf));
  const free = idle.filter((member) => member.leaving && stepOf(member) <= top);
  return free.reduce(
    (transition, { worker }) => chain(transition, (next) => release(next, worker, false)),
    stay(state),
  );
}

function stepOf({ holding }: Member): number {
  return holding?.step ?? -1;
}

/** Says goodbye to a worker. `again`: the run needs it, or another one, after. */
export function release(state: RunState, worker: number, again: boolean): Transition {
  const finish: Effect = { kind: 'send', worker, message: { finish: { again } } };
  const left: Effect = { kind: 'announce', event: { kind: 'left', worker, reason: 'was told to leave' } };
  return stay(without(state, worker), finish, left);
}

/** Whether all that could go on want to leave: then the last state is saved before they do. */
export function allLeave({ members, paused, step }: RunState): boolean {
  const able = members.filter(({ standing }) => standing === 'idle' || standing === 'serving');
  // While a run is paused nobody copies the state from those that have it.
  const holders = paused ? able.filter(({ holding }) => holding?.step === step) : [];
  const needed = holders.length > 0 ? holders : able;
  return needed.length > 0 && needed.every(({ leaving }) => leaving);
}

/** The last ones leave, and somebody else is to go on from what they save. */
export function saveAndLeave(state: RunState, nowMs: number): Transition {
  if (state.checkpoint?.step === state.step) return releaseAll(state);
  return beginSaving(state, nowMs);
}

export function releaseAll(state: RunState): Transition {
  const leavers = state.members.filter(({ leaving }) => leaving);
  return leavers.reduce(
    (transition, { worker }) => chain(transition, (next) => release(next, worker, true)),
    stay(state),
  );
}
