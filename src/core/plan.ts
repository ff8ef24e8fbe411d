/**
 * Which rows a step trains on, and which rank computes which micro-batch. Pure arithmetic: position is one number
 * (design.md, invariant 3), and the assignment to ranks changes nothing but who does the work (invariant 1).
 */
import { MlipError } from './errors.js';
import { random } from './random.js';

/** What the arithmetic needs to know of a run. */
export interface PlanShape {
  seed: number;
  /** Training rows of the manifest. */
  rows: number;
  /** B, rows of a step over all workers. */
  batchSize: number;
  /** m, rows of a micro-batch; divides `batchSize`. */
  microBatchSize: number;
}

/** One micro-batch of a step: the same whichever rank computes it. */
export interface MicroBatchPlan {
  /** Position among the step's micro-batches. */
  index: number;
  /** Position of its first row within the global batch: `index * m`. */
  firstRow: number;
  /** Rows of the training set (positions in the manifest's training rows), [m]. */
  rows: Int32Array;
}

/** The global batch of a step. The last incomplete batch of an epoch is left out; another order leaves out other rows. */
export interface StepPlan {
  step: number;
  epoch: number;
  microBatches: MicroBatchPlan[];
}

/** Micro-batches `start` to `end - 1` of a step belong to a rank. */
export interface Share {
  start: number;
  end: number;
}

export function stepsPerEpoch(shape: Pick<PlanShape, 'rows' | 'batchSize'>): number {
  return Math.floor(shape.rows / shape.batchSize);
}

export function microBatchCount(shape: Pick<PlanShape, 'batchSize' | 'microBatchSize'>): number {
  return shape.batchSize / shape.microBatchSize;
}

/** Contiguous shares in order of rank whose sizes differ by one at most, the earlier ranks having more. */
export function shareOf(rank: number, world: number, count: number): Share {
  const base = Math.floor(count / world);
  const extra = count % world;
  const start = rank * base + Math.min(rank, extra);
  return { start, end: start + base + (rank < extra ? 1 : 0) };
}

/**
 * Contiguous shares in order of rank with which the slowest rank is done as early as can be: of all sizes the largest
 * size / speed is least. Each rank has one micro-batch at least where there are enough. Ranks of one speed have what
 * `shareOf` gives them.
 *
 * Each micro-batch goes to the rank that would be done with it first. That is optimal: were there a better sharing, then at
 * the moment when the latest rank got its last micro-batch some rank would have had fewer than in the better one, would
 * have been done with one more before, and would have got it.
 *
 * @param speeds micro-batches per second of each rank, in any unit; above 0
 */
export function sharesBySpeed(speeds: readonly number[], count: number): Share[] {
  if (!speeds.every((speed) => speed > 0 && speed < Infinity)) {
    throw new MlipError('MLIP_E_INTERNAL', `micro-batches cannot be shared by the speeds ${speeds.join(', ')}`);
  }
  const least = count >= speeds.length ? 1 : 0;
  const sizes: number[] = speeds.map(() => least);
  for (let given = least * speeds.length; given < count; given++) {
    const ends = speeds.map((speed, rank) => (sizes[rank] + 1) / speed);
    sizes[ends.indexOf(Math.min(...ends))]++;
  }
  let next = 0;
  return sizes.map((size) => ({ start: next, end: (next += size) }));
}

/** Plans steps, keeping the permutation of the epoch at hand. `step` counts from 0. */
export function planner(shape: PlanShape): (step: number) => StepPlan {
  const perEpoch = stepsPerEpoch(shape);
  let known: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };

  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (known.epoch !== epoch) known = { epoch, order: random(shape.seed, 'order', epoch).permutation(shape.rows) };
    const first = (step % perEpoch) * shape.batchSize;
    const rows = known.order.subarray(first, first + shape.batchSize);
    return { step, epoch, microBatches: cut(rows, shape.microBatchSize) };
  };
}

function cut(rows: Int32Array, size: number): MicroBatchPlan[] {
  return Array.from({ length: rows.length / size }, (_, index) => ({
    index,
    firstRow: index * size,
    rows: rows.subarray(index * size, (index + 1) * size),
  }));
}
