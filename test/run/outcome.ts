// What a run computed, for comparison with another run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../src/rpc/run-events.js';
import { metrics } from '../cli/small-run.js';

/** A line of metrics.jsonl without what the clock says and who computed it. */
export type Computed = Omit<MetricsLine, 'pairs_per_second' | 'data_wait' | 'comm_wait' | 'world' | 'generation'>;

export function computedSteps(out: string): Computed[] {
  return metrics(out).map((line) => {
    const {
      pairs_per_second: _,
      data_wait: __,
      comm_wait: ___,
      world: ____,
      generation: _____,
      ...rest
    } = JSON.parse(line) as MetricsLine;
    return rest;
  });
}

export function losses(out: string): number[] {
  return computedSteps(out).map(({ loss }) => loss);
}

/** Weights and optimiser state of a checkpoint, as they lie on disk. */
export function savedBytes(out: string, step: number): Buffer[] {
  const files = ['model.safetensors', 'optimizer.safetensors'];
  return files.map((file) => readFileSync(checkpointFile(out, step, file)));
}

export function checkpointFile(out: string, step: number, file: string): string {
  return join(out, 'checkpoints', `step-${step}`, file);
}
