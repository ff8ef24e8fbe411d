/** The machine that a benchmark ran on. */
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  /** Runnable processes on average over the minute before: above 0.5 something else was running. */
  loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus().at(0)?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    loadBefore: Math.round(loadavg()[0] * 100) / 100,
  };
}
