/** The answer of `mlip status` for people. */
import { formatColumns } from '../../core/columns.js';
import type { RunStatus } from '../../rpc/service.js';
import { formatDuration } from '../launch/progress.js';
import { resumeCommand } from '../launch/run-errors.js';
import { ENDED } from '../outcome-text.js';
import type { LeftRun } from './left-run.js';

/** @param wide with a line for each worker */
export function describeStatus(status: RunStatus, wide: boolean): string {
  const { runId, phase, reason, step, steps, generation, world } = status;
  const of = steps === 0 ? '' : ` of ${steps}`;
  return [
    `run ${runId}: ${phase}, step ${step}${of}, generation ${generation} of ${world} worker(s)`,
    reason,
    ...rateOf(status),
    ...lossesOf(status),
    ...(status.workersWanted === 0 ? [] : [`${status.workersWanted} worker(s) wanted`]),
    ...(status.transition === ''
      ? []
      : [`last change ${formatDuration(status.transitionSecondsAgo)} ago: ${status.transition}`]),
    ...(status.checkpoint === '' ? [] : [`newest checkpoint: step ${status.checkpointStep}, ${status.checkpoint}`]),
    ...(wide ? ['', ...formatColumns([HEAD, ...status.workers.map(rowOf)])] : []),
  ].join('\n');
}

function rateOf({ stepSeconds, batchSize, step, steps, loss }: RunStatus): string[] {
  if (stepSeconds === 0) return [];
  const [pairs, rounds] = [batchSize / stepSeconds, 1 / stepSeconds];
  const rate = `${pairs.toFixed(1)} pairs/s, ${rounds.toFixed(2)} steps/s, ${stepSeconds.toFixed(2)} s a step`;
  const left = steps > step ? `, ${formatDuration((steps - step) * stepSeconds)} left` : '';
  return [`${rate}${left}${loss === null ? '' : `, loss ${loss.toFixed(4)}`}`];
}

/** Of a run that has lost nobody there is nothing to say. */
function lossesOf({ restarts, workersLost }: Pick<RunStatus, 'restarts' | 'workersLost'>): string[] {
  const parts = [
    ...(restarts === 0 ? [] : [`${restarts} restart(s) of the coordinator`]),
    ...(workersLost === 0 ? [] : [`${workersLost} worker(s) lost`]),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}

const HEAD = ['worker', 'rank', 'standing', 'micro-batches', 'a second', 'silent s', 'device', 'pid', 'host'];

function rowOf(worker: RunStatus['workers'][number]): string[] {
  const { rank, standing, microBatches, speed, silentSeconds, device, pid, host } = worker;
  const serves = rank !== null;
  return [
    ...[String(worker.worker), serves ? String(rank) : '-', standing, serves ? String(microBatches) : '-'],
    ...[speed === 0 ? '-' : speed.toFixed(2), silentSeconds.toFixed(1), device, String(pid), host],
  ];
}

export function describeLeft(run: LeftRun, out: string): string {
  const { runId, outcome, step, checkpoint, cause } = run;
  const name = runId === null ? 'a run' : `run ${runId}`;
  const how = outcome === 'unfinished' ? 'has not ended, and nobody coordinates it,' : ENDED[outcome];
  return [
    `${name} ${how} after step ${step}`,
    ...lossesOf(run),
    ...(cause === null ? [] : [`${cause.code}: ${cause.message}`]),
    ...(checkpoint === null ? [] : [`newest checkpoint: step ${checkpoint.step}, ${checkpoint.path}`]),
    ...(outcome === 'finished' ? [] : [`go on with: ${resumeCommand(out)}`]),
  ].join('\n');
}
