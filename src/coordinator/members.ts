/** The workers of a run, in order of number: found, changed, counted. */
import type { Holding, WorkerInfo } from './events.js';
import { type Generation, type Member, NO_PACE, type RunState } from './state.js';

export function newMember(worker: number, connection: number, info: WorkerInfo, nowMs: number): Member {
  return {
    ...{ worker, connection, info, standing: 'loading', leaving: false, seenMs: nowMs, loaded: null, holding: null },
    ...{ contributed: false, report: null, committedMs: 0, phaseSeconds: {}, pace: NO_PACE },
  };
}

export function memberOf({ members }: RunState, worker: number): Member | undefined {
  return members[positionOf(members, worker)];
}

/** Each message changes one of perhaps a thousand members: nothing is called for the others. */
export function withMember(state: RunState, worker: number, change: Partial<Member>): RunState {
  const { members } = state;
  const position = positionOf(members, worker);
  if (position === -1) return state;
  return { ...state, members: members.with(position, { ...members[position], ...change }) };
}

/** Members stand in order of their number; -1 where there is none of that number. */
function positionOf(members: readonly Member[], worker: number): number {
  let [start, end] = [0, members.length];
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (members[middle].worker < worker) start = middle + 1;
    else end = middle;
  }
  return members[start]?.worker === worker ? start : -1;
}

export function withMembers(state: RunState, change: (member: Member) => Member): RunState {
  return { ...state, members: state.members.map(change) };
}

export function without(state: RunState, worker: number): RunState {
  return { ...state, members: state.members.filter((member) => member.worker !== worker) };
}

/** Members that take part, in order of rank. */
export function serving({ members }: RunState): Member[] {
  return members.filter(({ standing }) => standing === 'serving');
}

export function rankOf({ generation }: RunState, worker: number): number {
  return generation.ranks.indexOf(worker);
}

/** Micro-batches that a rank computes. */
export function microBatchesOf({ boundaries }: Generation, rank: number): number {
  return boundaries[rank + 1] - boundaries[rank];
}

/** What a worker says that it holds, where that can be used. */
export function claimed({ condemned }: RunState, worker: number, holding: Holding | null): Holding | null {
  return condemned.includes(worker) ? null : holding;
}

export function condemn(state: RunState, workers: readonly number[]): RunState {
  const next = { ...state, condemned: [...new Set([...state.condemned, ...workers])] };
  return withMembers(next, (member) => (workers.includes(member.worker) ? { ...member, holding: null } : member));
}
