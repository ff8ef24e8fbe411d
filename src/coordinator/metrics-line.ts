/** The line of metrics.jsonl for a step, from the reports of the ranks. */
import type { MetricsLine } from '../rpc/run-events.js';
import type { StepReport } from './events.js';
import type { RunState } from './state.js';

type LineState = Pick<RunState, 'settings' | 'step' | 'stepsPerEpoch' | 'generation' | 'openedMs'>;

/** `reports` in order of rank; losses and norms, which are the same on every rank, are taken from the first. */
export function metricsLine(state: LineState, reports: readonly StepReport[], nowMs: number): MetricsLine {
  const seconds = Math.max(nowMs - state.openedMs, 1) / 1000;
  const [first] = reports;
  return {
    step: state.step + 1,
    epoch: Math.floor(state.step / state.stepsPerEpoch),
    ...{ loss: 0, ...first.whole },
    lr: first.learningRate,
    grad_norm: first.gradNorm,
    world: state.settings.world,
    generation: state.generation,
    pairs_per_second: round(state.settings.batchSize / seconds, 3),
    data_wait: shareOfTime(reports, 'dataWaitSeconds', seconds),
    comm_wait: shareOfTime(reports, 'commWaitSeconds', seconds),
  };
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
