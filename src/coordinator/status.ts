/** Where a run stands, in words and numbers: the answer to `Status`. */
import type { RunStatusSent } from '../rpc/service.js';
import { idle, startingWorkers } from './candidates.js';
import { awaited } from './deadlines.js';
import { microBatchesOf, rankOf } from './members.js';
import { type Member, type RunState, isPausedNow } from './state.js';
import { countPhrase, placePhrase, workersPhrase } from './wording.js';

export function statusOf(state: RunState, nowMs: number): RunStatusSent {
  return {
    runId: state.settings.runId,
    phase: standOf(state),
    reason: isPausedNow(state) ? pausedReason(state) : reasonOf(state),
    generation: state.generation.number,
    world: state.generation.ranks.length,
    step: state.step,
    steps: state.totalSteps,
    ...progressOf(state, nowMs),
    paused: state.paused,
    restarts: state.losses.coordinators,
    workersLost: state.losses.workers,
    workersWanted: state.wanted ?? 0,
    workers: state.members.map((member) => workerStatus(state, member, nowMs)),
  };
}

/** As people see it: a run that is paused waits for nobody but them. */
export function standOf(state: RunState): RunState['phase'] | 'paused' {
  return isPausedNow(state) ? 'paused' : state.phase;
}

function pausedReason({ step, members }: RunState): string {
  return `paused ${placePhrase(step)}, as requested; ${countPhrase(members.length, 'worker')} there`;
}

function progressOf({ settings, progress, generation, checkpoint }: RunState, nowMs: number): Partial<RunStatusSent> {
  return {
    batchSize: settings.batchSize,
    stepSeconds: progress.stepMs / 1000,
    transition: generation.reason,
    transitionSecondsAgo: Math.max(nowMs - generation.changedMs, 0) / 1000,
    ...(checkpoint === null ? {} : { checkpoint: checkpoint.path, checkpointStep: checkpoint.step }),
    ...(progress.loss === null ? {} : { loss: progress.loss }),
  };
}

function reasonOf(state: RunState): string {
  const { members, cause, saver, stopRequested, generation } = state;
  switch (state.phase) {
    case 'joining': {
      const loading = members.length - idle(state).length;
      const missing = Math.max(0, startingWorkers(state) - members.length);
      return `waiting for ${countPhrase(missing, 'more worker')} to join, ${loading} to load`;
    }
    case 'waiting':
      return `waiting for workers: ${generation.reason}`;
    case 'halting':
      return `the ranks change: ${generation.reason}`;
    case 'saving':
      return `waiting for worker ${saver} to write the last checkpoint`;
    case 'aborting':
      return `${cause!.message}; waiting for worker ${saver} to save its state`;
    case 'ended':
      return cause?.message ?? (stopRequested ? 'stopped on request' : 'all steps are done');
    case 'training': {
      const { what, late } = awaited(state);
      const then = state.paused ? `pausing after step ${state.step + 1}, as requested; ` : '';
      return `${then}waiting for ${workersPhrase(late.map(({ worker }) => worker))} to ${what}`;
    }
  }
}

function workerStatus(state: RunState, member: Member, nowMs: number): NonNullable<RunStatusSent['workers']>[number] {
  const { worker, info, seenMs, standing, pace, phaseSeconds } = member;
  const { host, pid, device } = info;
  const rank = standing === 'serving' ? rankOf(state, worker) : null;
  return {
    ...{ worker, host, pid, device, silentSeconds: Math.max(nowMs - seenMs, 0) / 1000 },
    ...{ standing: standingOf(member), speed: pace.speed, phaseSeconds: { ...phaseSeconds } },
    ...(rank === null ? {} : { rank, microBatches: microBatchesOf(state.generation, rank) }),
  };
}

/** Who serves and holds no state is getting it. */
function standingOf({ standing, leaving, holding }: Member): string {
  if (leaving) return 'leaving';
  return standing === 'serving' && holding === null ? 'placing' : standing;
}
