/** Ranks of a new generation hold the state and are connected to their neighbours. */
import { memberOf, rankOf, withMember } from './members.js';
import { recordOf } from './record-of.js';
import type { RunState } from './state.js';
import { type Transition, stay } from './transition.js';

/** When all are in place, it is said how long the change took. */
export function inPlace(state: RunState, worker: number, number: number, nowMs: number): Transition {
  const { generation } = state;
  const rank = rankOf(state, worker);
  if (state.phase !== 'training' || number !== generation.number || generation.inPlace.includes(rank))
    return stay(state);
  const placed = [...generation.inPlace, rank];
  const next = settle({ ...state, generation: { ...generation, inPlace: placed } }, worker);
  const kept = next.condemned === state.condemned ? [] : [{ kind: 'persist' as const, record: recordOf(next) }];
  if (placed.length < generation.ranks.length) return stay(next, ...kept);
  const seconds = Number(((nowMs - generation.changedMs) / 1000).toFixed(3));
  const { ranks, reason } = generation;
  const event = {
    kind: 'generation' as const,
    generation: number,
    world: ranks.length,
    step: state.step,
    seconds,
    reason,
  };
  return stay({ ...next, opened: { ...state.opened, atMs: nowMs } }, ...kept, { kind: 'announce', event });
}

/** It holds the state with which the generation has begun. */
function settle(state: RunState, worker: number): RunState {
  const { holding } = memberOf(state, worker)!;
  const isCondemned = state.condemned.includes(worker);
  const condemned = isCondemned ? state.condemned.filter((other) => other !== worker) : state.condemned;
  return withMember({ ...state, condemned }, worker, { holding: holding ?? { step: state.step, report: null } });
}
