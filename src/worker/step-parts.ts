/** What a training step works with and what it reports. */
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { PassParts } from './micro-batches.js';
import type { Modality } from './passes.js';
import type { StepClock } from './step-clock.js';

/** Rows of this rank in, rows of all ranks out: embeddings [rows, d] by modality. */
export type Gather = (step: number, rows: Record<Modality, Float32Array>) => Promise<Record<Modality, Float32Array>>;

export interface StepParts extends PassParts {
  config: Config;
  gather: Gather;
  clock: StepClock;
  /** Steps of the whole run. */
  steps: number;
}

export interface StepResult {
  loss: number;
  gradNorm: number;
  learningRate: number;
}

/** @throws MlipError MLIP_E_NOT_FINITE */
export function requireFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new MlipError('MLIP_E_NOT_FINITE', `the ${what} of step ${step + 1} is ${value}`, {
    remedy: 'Lower optimizer.learningRate or optimizer.clipNorm, or look for broken rows with `mlip data check`.',
  });
}
