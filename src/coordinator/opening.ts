/** A step is under way. */
import { withMembers } from './members.js';
import type { RunState } from './state.js';

/** The state in which the step after the applied ones is under way. */
export function openStep(state: RunState, nowMs: number): RunState {
  const { stepMs, dataMs } = state.settings.timeouts;
  const opened = withMembers(state, (member) => ({ ...member, contributed: false, report: null }));
  const { number, ranks } = state.generation;
  return {
    ...{ ...opened, gathering: null, deadlineMs: nowMs + dataMs + stepMs },
    // From now on a worker may write one and be lost before it has said so.
    checkpointTrust: 'unsure',
    opened: { atMs: nowMs, generation: number, world: ranks.length },
  };
}
