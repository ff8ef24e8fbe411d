/** What either side of the `step` benchmark prints, and the files that both read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/core/package-root.js';

const size = z.number().int().positive();
const layers = { layers: size, heads: size, mlpWidth: size };
const vit = z.strictObject({ imageSize: size, patchSize: size, width: size, ...layers });
const bert = z.strictObject({ vocabularySize: size, pieces: size, width: size, ...layers });

const casesSchema = z.strictObject({
  vit: vit.extend({ batch: size }),
  bert: bert.extend({ batch: size }),
  method: z.strictObject({
    batch: size,
    vision: vit,
    text: bert,
    fusion: z.strictObject(layers),
    divergence: z.strictObject({ heads: size, mlpWidth: size }),
    headWidth: size,
    embeddingWidth: size,
    prototypes: size,
    /** Recent embeddings that join the Sinkhorn codes: full from the first measured step. */
    queue: size,
    conceptWidth: size,
    /** Linked words of a report, at most. */
    links: size,
    learningRate: z.number().positive(),
    clipNorm: z.number().positive(),
  }),
});

export type Cases = z.infer<typeof casesSchema>;
export type EncoderName = 'vit' | 'bert';

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

/** Of the whole method; loss and gradients are those of the first step, in which both sides have the same weights. */
export const methodReportSchema = sideReportSchema.extend({
  /** Of each step without clipping and optimiser, which are the rest of `milliseconds`. */
  passMilliseconds: z.array(z.number().positive()),
  /** By their names in metrics.jsonl. */
  losses: z.record(z.string(), z.number()),
});

export type MethodReport = z.infer<typeof methodReportSchema>;

/** Files of a comparison's directory. `ours` and `theirs` hold the `outputs` of the last step. */
export const FILES = {
  weights: 'weights.safetensors',
  batch: 'batch.safetensors',
  /** Random numbers of our step, which the other side takes over. */
  draws: 'draws.safetensors',
  ours: 'ours.safetensors',
  theirs: 'theirs.safetensors',
} as const;
