/** Ranks of a new generation hold the state and are connected to their neighbours. */
import { type RunState, type Transition, rankOf, stay } from './state.js';

/** When all are in place, it is said how long the change took. */
export function inPlace(state: RunState, worker: number, number: number, nowMs: number): Transition {
  const { generation } = state;
  const rank = rankOf(state, worker);
  if (state.phase !== 'training' || number !== generation.number || generation.inPlace.includes(rank))
    return stay(state);
  const placed = [...generation.inPlace, rank];
  const next = { ...state, generation: { ...generation, inPlace: placed } };
  if (placed.length < generation.ranks.length) return stay(next);
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
  return stay({ ...next, opened: { ...state.opened, atMs: nowMs } }, { kind: 'announce', event });
}
