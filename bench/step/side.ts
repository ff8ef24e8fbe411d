/** What either side of the `step` benchmark prints, and the files that both read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/core/package-root.js';

const size = z.number().int().positive();

const casesSchema = z.strictObject({
  vit: z.strictObject({
    batch: size,
    imageSize: size,
    patchSize: size,
    width: size,
    layers: size,
    heads: size,
    mlpWidth: size,
  }),
  bert: z.strictObject({
    batch: size,
    vocabularySize: size,
    pieces: size,
    width: size,
    layers: size,
    heads: size,
    mlpWidth: size,
  }),
});

export type Cases = z.infer<typeof casesSchema>;
export type CaseName = keyof Cases;

/** The sizes in cases.json, which the Python side reads too. */
export function readCases(): Cases {
  const path = join(packageRoot, 'bench', 'step', 'cases.json');
  return casesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export const sideReportSchema = z.object({
  /** Wall time of each measured step. */
  milliseconds: z.array(z.number().positive()),
  /** Highest resident memory of the process (VmHWM) up to the last step, in MiB: everything in it is counted. */
  peakMb: z.number().positive(),
  /** Resident memory (VmRSS) before the first step: the interpreter, the libraries and the weights. */
  loadedMb: z.number().positive(),
  loss: z.number(),
  /** Euclidean norm of each parameter's gradient, by the parameter's name in the weights file. */
  gradientNorms: z.record(z.string(), z.number()),
  versions: z.record(z.string(), z.string()),
});

export type SideReport = z.infer<typeof sideReportSchema>;

/** Files of a comparison's directory. `ours` and `theirs` hold the `outputs` of the last step. */
export const FILES = {
  weights: 'weights.safetensors',
  batch: 'batch.safetensors',
  ours: 'ours.safetensors',
  theirs: 'theirs.safetensors',
} as const;
