/** The line of metrics.jsonl for a step, from the reports of the ranks. */
import type { MetricsLine } from '../rpc/run-events.js';
import type { StepReport } from './events.js';
import type { RunState } from './state.js';

type LineState = Pick<RunState, 'settings' | 'step' | 'stepsPerEpoch' | 'generation' | 'openedMs'>;

/** `reports` in order of rank; shares are added in that order, whole values are taken from the first. */
export function metricsLine(state: LineState, reports: readonly StepReport[], nowMs: number): MetricsLine {
  const seconds = Math.max(nowMs - state.openedMs, 1) / 1000;
  const [first] = reports;
  return {
    step: state.step + 1,
    epoch: Math.floor(state.step / state.stepsPerEpoch),
    ...losses(reports),
    lr: first.learningRate,
    grad_norm: first.gradNorm,
    world: state.settings.world,
    generation: state.generation,
    pairs_per_second: round(state.settings.batchSize / seconds, 3),
    data_wait: shareOfTime(reports, 'dataWaitSeconds', seconds),
    comm_wait: shareOfTime(reports, 'commWaitSeconds', seconds),
  };
}

/** Names in the order in which they first occur; `loss` is always there. */
function losses(reports: readonly StepReport[]): { loss: number; [part: string]: number } {
  const sums: { loss: number; [part: string]: number } = { loss: 0, ...reports[0].whole };
  for (const { share } of reports) {
    for (const [name, value] of Object.entries(share)) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

function shareOfTime(
  reports: readonly StepReport[],
  key: 'dataWaitSeconds' | 'commWaitSeconds',
  seconds: number,
): number {
  const mean = reports.reduce((sum, report) => sum + report[key], 0) / reports.length;
  return round(Math.min(mean / seconds, 1), 4);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
