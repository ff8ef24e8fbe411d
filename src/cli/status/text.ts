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
    ...(status.transition === ''
      ? []
      : [`last change ${formatDuration(status.transitionSecondsAgo)} ago: ${status.transition}`]),
    ...(status.checkpoint === '' ? [] : [`newest checkpoint: step ${status.checkpointStep}, ${status.checkpoint}`]),
    ...(wide ? ['', ...formatColumns([HEAD, ...status.workers.map(rowOf)])] : []),
  ].join('\n');
}

function rateOf({ stepSeconds, batchSize, step, steps, loss }: RunStatus): string[] {
  if (stepSeconds === 0) return [];
  const rate = `${(batchSize / stepSeconds).toFixed(1)} pairs/s, ${stepSeconds.toFixed(2)} s a step`;
  const left = steps > step ? `, ${formatDuration((steps - step) * stepSeconds)} left` : '';
  return [`${rate}${left}${loss === null ? '' : `, loss ${loss.toFixed(4)}`}`];
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

export function describeLeft({ runId, outcome, step, checkpoint, cause }: LeftRun, out: string): string {
  const name = runId === null ? 'a run' : `run ${runId}`;
  const how = outcome === 'unfinished' ? 'has not ended, and nobody coordinates it,' : ENDED[outcome];
  return [
    `${name} ${how} after step ${step}`,
    ...(cause === null ? [] : [`${cause.code}: ${cause.message}`]),
    ...(checkpoint === null ? [] : [`newest checkpoint: step ${checkpoint.step}, ${checkpoint.path}`]),
    ...(outcome === 'finished' ? [] : [`go on with: ${resumeCommand(out)}`]),
  ].join('\n');
}
