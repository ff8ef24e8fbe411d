/** The learning rate of each step: linear warm-up, then a cosine (MGCA's cosine annealing with warm-up). Plain numbers. */

export interface ScheduleOptions {
  /** Peak, reached at the first step after the warm-up. */
  learningRate: number;
  startLearningRate: number;
  /** Approached at the end of the cosine. */
  endLearningRate: number;
  /** Share of the steps that warm up. */
  warmupShare: number;
}

/**
 * @param step counts from 0
 * @param steps of the whole run
 */
export function learningRateAt(step: number, steps: number, options: ScheduleOptions): number {
  const { learningRate, startLearningRate, endLearningRate, warmupShare } = options;
  const warmup = Math.round(warmupShare * steps);
  if (step < warmup) return startLearningRate + ((learningRate - startLearningRate) * step) / warmup;
  const share = Math.min((step - warmup) / Math.max(steps - warmup, 1), 1);
  return endLearningRate + ((learningRate - endLearningRate) * (1 + Math.cos(Math.PI * share))) / 2;
}
