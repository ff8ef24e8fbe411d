/** The line of metrics.jsonl for a step, from the reports of the ranks. */
import type { MetricsLine } from '../rpc/run-events.js';
import type { CommitReport, StepReport } from './events.js';
import type { RunState } from './state.js';

type LineState = Pick<RunState, 'settings' | 'step' | 'stepsPerEpoch' | 'opened'>;

/**
 * @param report of any rank: all say the same
 * @param all ranks' reports, for the shares of time; none where they are not known
 */
export function metricsLine(
  state: LineState,
  report: StepReport,
  all: readonly CommitReport[],
  nowMs: number,
): MetricsLine {
  const seconds = Math.max(nowMs - state.opened.atMs, 1) / 1000;
  const { losses, learningRate, gradNorm, skipped } = report;
  return {
    step: state.step + 1,
    epoch: Math.floor(state.step / state.stepsPerEpoch),
    ...losses,
    loss: losses['loss'] ?? 0,
    lr: learningRate,
    grad_norm: gradNorm,
    ...(skipped === null ? {} : { skipped: 1 }),
    world: state.opened.world,
    generation: state.opened.generation,
    pairs_per_second: round(state.settings.batchSize / seconds, 3),
    data_wait: shareOfTime(all, ['data'], seconds),
    comm_wait: shareOfTime(all, ['gather', 'reduce'], seconds),
  };
}

function shareOfTime(reports: readonly CommitReport[], phases: readonly string[], seconds: number): number {
  if (reports.length === 0) return 0;
  const spent = reports.flatMap(({ phaseSeconds }) => phases.map((phase) => phaseSeconds[phase] ?? 0));
  const mean = spent.reduce((sum, value) => sum + value, 0) / reports.length;
  return round(Math.min(mean / seconds, 1), 4);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
