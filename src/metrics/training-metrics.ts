/** Of the coordinator: how far training is, how fast, and what came out of the newest step. */
import type { Instruments } from './instruments.js';
import { lossGauge } from './losses.js';

export interface TrainingFacts {
  batchSize: number;
  /** Steps applied before this coordinator. */
  step: number;
  /** By the loss that has it; none of it changes during a run. */
  temperatures: Readonly<Record<string, number>>;
}

/** A line of metrics.jsonl. */
export type StepLine = Readonly<Record<string, number>>;

export interface TrainingMetrics {
  /** A step is applied on all ranks. */
  step(line: StepLine): void;
  /** Steps of the whole run. */
  planned(steps: number): void;
}

export function trainingMetrics(make: Instruments, { batchSize, step, temperatures }: TrainingFacts): TrainingMetrics {
  const { gauge, counter, histogram } = make;
  const steps = gauge('mlip_step', 'Steps applied by all workers');
  const planned = gauge('mlip_planned_steps', 'Steps of the whole run; 0 until training starts');
  const setLosses = lossGauge(make);
  const temperature = gauge('mlip_temperature', 'Temperature of a loss that is in use', 'loss');
  const setNewest = newestGauges(make);
  const pairs = counter('mlip_pairs_total', 'Image-report pairs trained on');
  const seconds = histogram('mlip_step_seconds', 'Time from step to step');
  const skips = counter('mlip_skipped_steps_total', 'Steps skipped as not finite');
  steps.set(step);
  for (const [loss, value] of Object.entries(temperatures)) temperature.set({ loss }, value);
  return {
    step(line) {
      steps.set(line['step']);
      pairs.inc(batchSize);
      const duration = batchSize / line['pairs_per_second'];
      if (Number.isFinite(duration)) seconds.observe(duration);
      setNewest(line);
      setLosses(Object.fromEntries(Object.entries(line).filter(([name]) => name.startsWith('loss'))));
      if (line['skipped'] === 1) skips.inc();
    },
    planned: (count) => planned.set(count),
  };
}

/** Values of the newest step, by their column of metrics.jsonl. */
function newestGauges({ gauge }: Instruments): (line: StepLine) => void {
  const gauges = {
    epoch: gauge('mlip_epoch', 'Epoch of the newest step, from 0'),
    lr: gauge('mlip_learning_rate', 'Learning rate of the newest step'),
    grad_norm: gauge('mlip_gradient_norm', 'Norm of the gradient of the newest step, before it is clipped'),
    pairs_per_second: gauge('mlip_pairs_per_second', 'Image-report pairs a second in the newest step'),
    data_wait: gauge('mlip_data_wait_ratio', 'Share of the newest step in which the average worker waited for data'),
    comm_wait: gauge('mlip_communication_wait_ratio', 'The same of waiting for other workers'),
  };
  return (line) => {
    for (const [column, newest] of Object.entries(gauges)) newest.set(line[column]);
  };
}
