/** Fills the micro-batches of a step with images and reports. */
import { MlipError } from '../core/errors.js';
import type { StepPlan } from '../core/plan.js';
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

/** A micro-batch in the making. */
export interface MicroBatchUnderWay {
  done: Promise<MicroBatch>;
  /** Planned rows whose image has not arrived, for whoever loses patience. */
  missing: ReadonlySet<number>;
}

/** Builds a micro-batch of a step, which is that with the position `index`. */
export type StepBuilder = (plan: StepPlan, index: number) => MicroBatchUnderWay;

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

  return ({ epoch, microBatches }, index) => {
    const plan = microBatches[index];
    const inStep = new Set(microBatches.flatMap(({ rows }) => [...rows]));
    const key: ReplacementKey = { seed, epoch, rows: pairs.length, inStep };
    const missing = new Set(plan.rows);
    const batch = allocateBatch(plan.rows.length, imageSize, tokenizer.maxPieces);
    const rows = new Int32Array(plan.rows.length);
    const fill = async (planned: number, at: number): Promise<void> => {
      const { row, square } = await usable(planned, key);
      copyCrop(square, randomCrop(resize, imageSize, seed, epoch, row), imageSize, batch.images, at);
      writeReport(batch, at, (reports[row] ??= tokenizer.tokenize(pairs[row].text)));
      rows[at] = row;
      missing.delete(planned);
    };
    const done = Promise.all(Array.from(plan.rows, fill)).then(() => {
      return { index: plan.index, firstRow: plan.firstRow, rows, ...batch };
    });
    return { done, missing };
  };
}
