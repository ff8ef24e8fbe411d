/** Features of images, batch by batch, and the rows of them that a split holds. */
import type { HostTensor } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { evaluationImages, type EvaluationConfig } from '../data/evaluation-images.js';
import type { ImageRow } from '../data/image-row.js';
import type { LabelledImage } from '../data/labelled-images.js';
import type { ClassPair } from './image-classes.js';
import { joinRows, pickRows } from './join-rows.js';
import type { LabelledFeatures } from './linear-probe.js';

export interface FeatureTable<Row extends ImageRow = LabelledImage> {
  /** Rows whose image could be decoded. */
  rows: Row[];
  /** [rows, width] */
  features: HostTensor;
}

/** Grey levels of a batch, [n, S, S], to one feature vector for each image, [n, width]. */
export type Describe = (images: Uint8Array) => Promise<Float32Array>;

export interface TableOptions {
  config: EvaluationConfig;
  log: Logger;
  /** Called after each batch. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One table for each way to describe an image; each image is decoded once. */
export async function featureTables<Row extends ImageRow>(
  rows: readonly Row[],
  ways: readonly Describe[],
  { config, log, onProgress }: TableOptions,
): Promise<FeatureTable<Row>[]> {
  const kept: Row[] = [];
  const parts: Float32Array[][] = ways.map(() => []);
  for await (const batch of evaluationImages(rows, config, log)) {
    const used = batch.rows.length / config.evaluation.batchSize;
    for (const [at, describe] of ways.entries()) {
      const values = await describe(batch.images);
      parts[at].push(values.subarray(0, values.length * used));
    }
    kept.push(...batch.rows);
    onProgress?.(kept.length, rows.length);
  }
  return parts.map((values) => ({ rows: kept, features: joinRows(values, kept.length) }));
}

/** What a probe takes of a split; the second class is the positive one. */
export function ofSplit({ rows, features }: FeatureTable, split: string, [, positive]: ClassPair): LabelledFeatures {
  const chosen = [...rows.keys()].filter((row) => rows[row].split === split);
  return { features: pickRows(features, chosen), positive: chosen.map((row) => rows[row].label === positive) };
}
