/** The sizes in sizes.json, which all sides train with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/core/package-root.js';

const size = z.number().int().positive();
const sizesSchema = z.strictObject({
  ...{ imageSize: size, patchSize: size, vocabularySize: size, pieces: size },
  ...{ width: size, heads: size, mlpWidth: size, visionLayers: size, textLayers: size },
  ...{ headWidth: size, embeddingWidth: size },
  /** Rows of a step, of both workers together. */
  batch: size,
  /** Ours alone. Two a worker: a survivor that takes over more of them runs the programme that it ran before. */
  microBatch: size,
  learningRate: z.number().positive(),
});

export type Sizes = z.infer<typeof sizesSchema>;

export function readSizes(): Sizes {
  return sizesSchema.parse(JSON.parse(readFileSync(join(packageRoot, 'bench', 'recovery', 'sizes.json'), 'utf8')));
}
