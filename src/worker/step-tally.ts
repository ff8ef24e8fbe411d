/**
 * What all ranks must know of a step beside its gradients: its losses, which rows were used at which position, which rank
 * computed which micro-batch, and whose gradients are not finite. Each rank writes what is its own and leaves 0 elsewhere, so
 * that the sum over the ranks, which is exact, is the whole, and the same on every rank however micro-batches are shared.
 */
import { microBatchCount } from '../core/plan.js';
import { MlipError } from '../core/errors.js';
import type { StepAccount, StepLosses } from './step-parts.js';

export interface TallyShape {
  step: number;
  batchSize: number;
  microBatchSize: number;
  /** Training rows that there are. */
  trainingRows: number;
  /** Names of the losses over the batch, and of those within micro-batches. */
  globalLosses: readonly string[];
  microBatchLosses: readonly string[];
}

export interface MicroBatchNotes {
  index: number;
  /** Position of its first row within the batch. */
  firstRow: number;
  /** [m], positions in the training rows. */
  rows: ArrayLike<number>;
}

export class StepTally {
  /** To be summed over the ranks. */
  readonly buffer: Float64Array;
  private readonly shape: TallyShape;
  private readonly global: Float64Array;
  /** [B / m, losses] */
  private readonly within: Float64Array;
  /** [B / m]: how many ranks computed a micro-batch, the sum of their numbers, and 1 where its gradients are not finite. */
  private readonly counts: Float64Array;
  private readonly ranks: Float64Array;
  private readonly broken: Float64Array;
  /** [B]: row + 1. */
  private readonly rows: Float64Array;

  constructor(shape: TallyShape) {
    const count = microBatchCount(shape);
    const { globalLosses, microBatchLosses, batchSize } = shape;
    const sizes = [globalLosses.length, count * microBatchLosses.length, count, count, count, batchSize];
    this.shape = shape;
    this.buffer = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
    let offset = 0;
    const fields = sizes.map((size) => this.buffer.subarray(offset, (offset += size)));
    [this.global, this.within, this.counts, this.ranks, this.broken, this.rows] = fields;
  }

  /** This rank computes a micro-batch. */
  noteMicroBatch(rank: number, { index, firstRow, rows }: MicroBatchNotes): void {
    this.counts[index] = 1;
    this.ranks[index] = rank;
    for (let at = 0; at < rows.length; at++) this.rows[firstRow + at] = rows[at] + 1;
  }

  /** Losses over the batch, which every rank has computed and one notes. */
  noteGlobalLosses(losses: Readonly<Record<string, number>>): void {
    this.shape.globalLosses.forEach((name, at) => (this.global[at] = losses[name]));
  }

  noteLossesWithin(index: number, losses: Readonly<Record<string, number>>): void {
    const { microBatchLosses: names } = this.shape;
    names.forEach((name, at) => (this.within[index * names.length + at] = losses[name]));
  }

  noteNotFinite(index: number): void {
    this.broken[index] = 1;
  }

  /** Losses of the batch by name, those within micro-batches added in order of micro-batches. `loss` is the total. */
  get losses(): StepLosses {
    const sums: StepLosses = { loss: 0 };
    const add = (names: readonly string[], values: Float64Array): void =>
      names.forEach((name, at) => (sums[name] = (sums[name] ?? 0) + values[at]));
    const { globalLosses, microBatchLosses } = this.shape;
    add(globalLosses, this.global);
    for (let index = 0; index < this.counts.length; index++) add(microBatchLosses, this.lossesWithin(index));
    return sums;
  }

  private lossesWithin(index: number): Float64Array {
    const { length } = this.shape.microBatchLosses;
    return this.within.subarray(index * length, (index + 1) * length);
  }

  /**
   * Who computed what.
   *
   * @throws MlipError MLIP_E_REDUCE_MISMATCH unless each micro-batch was computed once, of rows that there are
   */
  account(world: number): StepAccount {
    const { trainingRows, microBatchSize: size } = this.shape;
    this.counts.forEach((count, index) => {
      if (count !== 1) throw this.mismatch(`micro-batch ${index + 1} was computed by ${count} ranks, not by one`);
      if (!isBelow(world, this.ranks[index])) throw this.mismatch(`micro-batch ${index + 1} is of no rank of the run`);
      const wrong = this.rows.subarray(index * size, (index + 1) * size).find((row) => !isBelow(trainingRows, row - 1));
      if (wrong !== undefined)
        throw this.mismatch(`micro-batch ${index + 1} has a row ${wrong - 1} that does not exist`);
    });
    return { rows: Uint32Array.from(this.rows, (row) => row - 1), ranks: Uint32Array.from(this.ranks) };
  }

  private mismatch(what: string): MlipError {
    const { step } = this.shape;
    return new MlipError('MLIP_E_REDUCE_MISMATCH', `${what} in step ${step + 1}`, {
      where: `step ${step + 1}`,
      remedy: 'All ranks must run the same version of mlip on the same configuration and data.',
    });
  }

  /** Micro-batches whose losses within are not finite. */
  get lossesNotFinite(): number[] {
    return this.indices((index) => !this.lossesWithin(index).every(Number.isFinite));
  }

  /** Micro-batches whose gradients or batch statistics are not finite. */
  get gradientsNotFinite(): number[] {
    return this.indices((index) => this.broken[index] !== 0);
  }

  private indices(holds: (index: number) => boolean): number[] {
    return Array.from(this.counts.keys()).filter(holds);
  }
}

function isBelow(bound: number, value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < bound;
}
