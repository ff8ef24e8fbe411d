/** The answer of `mlip status --json`: the same keys for a run that goes on and for what one has left. */
import type { RunStatus } from '../../rpc/service.js';
import type { LeftRun } from './left-run.js';

/** Of a run that somebody coordinates. */
export function liveReport(status: RunStatus) {
  const { stepSeconds, batchSize, step, steps, checkpoint, checkpointStep, loss, workers } = status;
  const { runId, phase, reason, generation, world, transition, transitionSecondsAgo } = status;
  const { paused, restarts, workersLost, workersWanted } = status;
  const known = stepSeconds > 0;
  return {
    ...{ runId, phase, outcome: null, reason, step, steps, loss: loss ?? null },
    checkpoint: checkpoint === '' ? null : { step: checkpointStep, path: checkpoint },
    ...{ restarts, workersLost, cause: null, paused, generation, world, batchSize },
    workersWanted: workersWanted === 0 ? null : workersWanted,
    stepSeconds: known ? stepSeconds : null,
    stepsPerSecond: known ? 1 / stepSeconds : null,
    pairsPerSecond: known ? batchSize / stepSeconds : null,
    secondsLeft: known && steps > 0 ? Math.max(0, steps - step) * stepSeconds : null,
    ...{ transition, transitionSecondsAgo, workers: workers.map(workerReport) },
  };
}

export function workerReport(seen: RunStatus['workers'][number]) {
  const { worker, rank, standing, host, pid, device, microBatches, speed, phaseSeconds, silentSeconds } = seen;
  return {
    ...{ worker, rank: rank ?? null, standing, host, pid, device, microBatches, speed },
    ...{ phaseSeconds: { ...phaseSeconds }, silentSeconds },
  };
}

/** Of a run that nobody coordinates: it has ended, or its coordinator is gone. */
export function leftReport({ runId, outcome, step, loss, checkpoint, cause, restarts, workersLost }: LeftRun) {
  const phase = outcome === 'unfinished' ? 'unfinished' : 'ended';
  return { runId, phase, outcome, step, loss, checkpoint, restarts, workersLost, cause };
}
