/** What a training step works with and what it reports. */
import type { Ring } from '../collectives/ring.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';
import type { PassesUnderWay, PassParts } from './encode.js';
import type { PairKnowledge } from './micro-batch-tensors.js';
import type { StepClock } from './step-clock.js';

/** Rows of something by name, [rows, width]. */
export type Rows = Record<string, Float32Array>;

/** Rows of this rank in, which may be none; rows of all ranks out, by name, in order of micro-batches. */
export type Gather = (step: number, own: readonly GatherTensor[]) => Promise<Rows>;

export interface StepParts extends PassParts {
  /** Among the ranks of the ring. */
  rank: number;
  ring: Ring;
  gather: Gather;
  clock: StepClock;
  knowledge: PairKnowledge;
  /** Steps of the whole run. */
  steps: number;
  stepsPerEpoch: number;
  /** Rows that there are to train on. */
  trainingRows: number;
}

export interface StepUnderWay extends StepParts, PassesUnderWay {}

/** `loss`, which is the weighted sum of all, and each loss by its name in metrics.jsonl. */
export interface StepLosses {
  loss: number;
  [part: string]: number;
}

/** Who computed what in a step, as it truly happened. */
export interface StepAccount {
  /** The training row at each position of the batch, replacements of unusable ones included, [B]. */
  rows: Uint32Array;
  /** The rank that computed each micro-batch, [B / m]. */
  ranks: Uint32Array;
}

/** Why a step changed nothing, and the training rows of the micro-batches that are to blame. */
export interface Skipped {
  reason: string;
  rows: Uint32Array;
}

/** The same on every rank, to the bit where machines compute the same. */
export interface StepResult {
  /** Of the whole batch; on every rank to the bit, and for every number of ranks. */
  whole: StepLosses;
  account: StepAccount;
  gradNorm: number;
  learningRate: number;
  /** Present where the loss or the gradient norm is not finite. */
  skipped?: Skipped;
}
