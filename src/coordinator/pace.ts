/** How fast each rank computes, and so who gets how many micro-batches. */
import { microBatchCount, sharesBySpeed } from '../core/plan.js';
import { microBatchesOf, rankOf, serving, withMembers } from './members.js';
import type { Member, RunState } from './state.js';

/** What grows with a rank's micro-batches; the rest is the same for all, or a wait for data or other ranks. */
const COMPUTING = ['encode', 'backward'];
/** Weight of the newest step: some five steps are remembered. */
const NEWEST = 0.2;
/** Micro-batches move only where the step gets so much shorter. */
const WORTH_MOVING = 0.03;

/** Takes the reports of a step into account. */
export function measured(state: RunState): RunState {
  return withMembers(state, (member) => {
    if (member.report === null) return member;
    const { phaseSeconds } = member.report;
    const speed = speedOf(state, member);
    const pace = speed === null ? member.pace : { ...member.pace, speed: averaged(member.pace.speed, speed) };
    return { ...member, phaseSeconds, pace };
  });
}

function speedOf(state: RunState, { worker, report }: Member): number | null {
  if (report === null) return null;
  const count = microBatchesOf(state.generation, rankOf(state, worker));
  const seconds = COMPUTING.reduce((sum, phase) => sum + (report.phaseSeconds[phase] ?? 0), 0);
  return count > 0 && seconds > 0 ? count / seconds : null;
}

function averaged(before: number, now: number): number {
  return before === 0 ? now : before + NEWEST * (now - before);
}

/** By measured speed; a rank that has not been measured counts as an average one. */
export function boundariesFor({ settings }: RunState, members: readonly Member[]): number[] {
  const known = members.map(({ pace }) => pace.speed).filter((speed) => speed > 0);
  const mean = known.length === 0 ? 1 : known.reduce((sum, speed) => sum + speed, 0) / known.length;
  const speeds = members.map(({ pace }) => (pace.speed > 0 ? pace.speed : mean));
  return [0, ...sharesBySpeed(speeds, microBatchCount(settings)).map(({ end }) => end)];
}

/** New boundaries where it is time for them and they are worth it; null where micro-batches stay where they are. */
export function rebalanced(state: RunState): number[] | null {
  const members = serving(state);
  if (state.generation.following) return boundariesFor(state, members);
  const { rebalanceSteps } = state.settings.elastic;
  if (rebalanceSteps === 0 || state.step % rebalanceSteps !== 0) return null;
  const boundaries = boundariesFor(state, members);
  const now = slowest(members, state.generation.boundaries);
  return slowest(members, boundaries) < now * (1 - WORTH_MOVING) ? boundaries : null;
}

/** Seconds that the rank which takes longest computes. */
function slowest(members: readonly Member[], boundaries: readonly number[]): number {
  return Math.max(
    ...members.map(({ pace }, rank) => (pace.speed > 0 ? (boundaries[rank + 1] - boundaries[rank]) / pace.speed : 0)),
  );
}
