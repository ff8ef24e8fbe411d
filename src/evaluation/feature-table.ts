/** Features of labelled images, batch by batch, and the rows of them that a split holds. */
import type { HostTensor } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { evaluationImages, type EvaluationConfig } from '../data/evaluation-images.js';
import type { LabelledImage } from '../data/labelled-images.js';
import type { ClassPair } from './image-classes.js';
import type { LabelledFeatures } from './linear-probe.js';

export interface FeatureTable {
  /** Images that could be decoded. */
  rows: LabelledImage[];
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
export async function featureTables(
  rows: readonly LabelledImage[],
  ways: readonly Describe[],
  { config, log, onProgress }: TableOptions,
): Promise<FeatureTable[]> {
  const kept: LabelledImage[] = [];
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
  return parts.map((values) => ({ rows: kept, features: join(values, kept.length) }));
}

function join(parts: readonly Float32Array[], rows: number): HostTensor {
  const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { shape: [rows, data.length / rows], data };
}

/** What a probe takes of a split; the second class is the positive one. */
export function ofSplit({ rows, features }: FeatureTable, split: string, [, positive]: ClassPair): LabelledFeatures {
  const width = features.shape[1];
  const chosen = [...rows.keys()].filter((row) => rows[row].split === split);
  const parts = chosen.map((row) => features.data.subarray(row * width, (row + 1) * width));
  return { features: join(parts, chosen.length), positive: chosen.map((row) => rows[row].label === positive) };
}
