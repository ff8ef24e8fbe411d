/** Fills the micro-batches of a step with images and reports. */
import { MlipError } from '../core/errors.js';
import type { MicroBatchPlan, Share, StepPlan } from '../core/plan.js';
import { allocateBatch, writeReport, type PairBatch } from './batch.js';
import { copyCrop, randomCrop } from './crop.js';
import type { ImageStore } from './image-store.js';
import type { Pair } from './pairs.js';
import { candidatesFor, type ReplacementKey } from './replacement.js';
import type { ReportTokenizer, TokenizedReport } from './tokenizer.js';

/** A micro-batch with its data. */
export interface MicroBatch extends PairBatch {
  /** Position among the step's micro-batches. */
  index: number;
  /** Position of its first row within the global batch. */
  firstRow: number;
  /** [m], positions in the training pairs; replacements of unusable rows included. */
  rows: Int32Array;
}

export interface StepBuilderOptions {
  pairs: readonly Pair[];
  images: ImageStore;
  tokenizer: ReportTokenizer;
  seed: number;
  /** Side of a decoded square, and of the crop that the encoder reads, in pixels. */
  resize: number;
  imageSize: number;
}

/** Builds a share of a step. `missing` holds the rows still being decoded, for whoever loses patience. */
export type StepBuilder = (plan: StepPlan, share: Share, missing: Set<number>) => Promise<MicroBatch[]>;

export function createStepBuilder(options: StepBuilderOptions): StepBuilder {
  const { pairs, images, tokenizer, seed, resize, imageSize } = options;
  const reports: TokenizedReport[] = [];

  async function usable(row: number, key: ReplacementKey): Promise<{ row: number; square: Uint8Array }> {
    for (const candidate of candidatesFor(row, key)) {
      const square = await images.square(candidate);
      if (square !== undefined) return { row: candidate, square };
    }
    throw new MlipError('MLIP_E_DATA_IMAGES', 'no usable image was found to replace an unusable one', {
      where: pairs[row].image,
      remedy: 'Lower data.maxBadShare, and repair the images that mlip data check lists.',
    });
  }

  async function build(plan: MicroBatchPlan, key: ReplacementKey, missing: Set<number>): Promise<MicroBatch> {
    const batch = allocateBatch(plan.rows.length, imageSize, tokenizer.maxPieces);
    const rows = new Int32Array(plan.rows.length);
    const fill = async (planned: number, at: number): Promise<void> => {
      const { row, square } = await usable(planned, key);
      copyCrop(square, randomCrop(resize, imageSize, seed, key.epoch, row), imageSize, batch.images, at);
      writeReport(batch, at, (reports[row] ??= tokenizer.tokenize(pairs[row].text)));
      rows[at] = row;
      missing.delete(planned);
    };
    await Promise.all(Array.from(plan.rows, fill));
    return { index: plan.index, firstRow: plan.firstRow, rows, ...batch };
  }

  return async ({ epoch, microBatches }, { start, end }, missing) => {
    const inStep = new Set(microBatches.flatMap(({ rows }) => [...rows]));
    const own = microBatches.slice(start, end);
    for (const { rows } of own) for (const row of rows) missing.add(row);
    return Promise.all(own.map((plan) => build(plan, { seed, epoch, rows: pairs.length, inStep }, missing)));
  };
}
