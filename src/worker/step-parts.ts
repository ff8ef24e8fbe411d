/** What a training step works with and what it reports. */
import { MlipError } from '../core/errors.js';
import type { PassParts } from './encode.js';
import type { PairKnowledge } from './micro-batch-tensors.js';
import type { StepClock } from './step-clock.js';

/** A rank's rows of something by name, [rows, width]. */
export type Rows = Record<string, Float32Array>;

/** Rows of this rank in, rows of all ranks out, in order of micro-batches. `count`: rows of this rank. */
export type Gather = (step: number, rows: Rows, count: number) => Promise<Rows>;

export interface StepParts extends PassParts {
  gather: Gather;
  clock: StepClock;
  knowledge: PairKnowledge;
  /** Steps of the whole run. */
  steps: number;
  stepsPerEpoch: number;
}

export interface StepResult {
  /** Weighted sum of all losses: over the global batch, and over this rank's micro-batches. */
  loss: number;
  /** Losses over the global batch by name, the same on every rank; `loss` is their weighted sum. */
  whole: Record<string, number>;
  /** This rank's share of the losses within micro-batches by name; `loss` is their weighted sum. */
  share: Record<string, number>;
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
