/** Where a run stands, in words and numbers: the answer to `Status`. */
import type { RunStatus } from '../rpc/service.js';
import { awaited } from './deadlines.js';
import { type Member, type RunState, present } from './state.js';
import { countPhrase, ranksPhrase } from './wording.js';

export function statusOf(state: RunState, nowMs: number): RunStatus {
  return {
    runId: state.settings.runId,
    phase: state.phase,
    reason: reasonOf(state),
    generation: state.generation,
    world: state.settings.world,
    step: state.step,
    steps: state.totalSteps,
    workers: present(state).map((member) => workerStatus(member, nowMs)),
  };
}

function reasonOf(state: RunState): string {
  switch (state.phase) {
    case 'joining':
      return `waiting for ${countPhrase(state.settings.world - state.members.length, 'more worker')} to join`;
    case 'aborting':
      return `${state.cause!.message}; waiting for rank ${state.saver} to save its state`;
    case 'ended':
      return state.cause?.message ?? (state.stopRequested ? 'stopped on request' : 'all steps are done');
    default: {
      const { what, late } = awaited(state);
      return `waiting for ${ranksPhrase(late.map(({ rank }) => rank))} to ${what}`;
    }
  }
}

function workerStatus({ rank, worker, seenMs }: Member, nowMs: number): RunStatus['workers'][number] {
  const { host, pid, device } = worker;
  return { rank, host, pid, device, silentSeconds: Math.max(nowMs - seenMs, 0) / 1000 };
}
