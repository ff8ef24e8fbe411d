/**
 * last-step.json of a checkpoint that no coordinator asked for: what its newest step was, since the coordinator that died may
 * not have recorded it. The one that goes on from the checkpoint does.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../core/json.js';

const FILE = 'last-step.json';

const count = z.number().int().nonnegative();
const lastStepSchema = z.strictObject({
  /** Steps applied, that one included. */
  step: count,
  generation: count,
  /** Workers of the step. */
  world: count.positive(),
  stepsPerEpoch: count.positive(),
  /** Null for what is not finite. */
  losses: z.record(z.string(), z.number().nullable()),
  learningRate: z.number(),
  gradNorm: z.number().nullable(),
  /** Rows of the training set in order of the batch, and the rank that computed each micro-batch. */
  rows: z.array(count),
  ranks: z.array(count),
  /** As in a report of the step. */
  skipped: z.string(),
  skippedRows: z.array(count),
});

export type LastStep = z.infer<typeof lastStepSchema>;

/** As a file of a checkpoint. */
export function lastStepFile(lastStep: LastStep): Record<string, string> {
  return { [FILE]: `${JSON.stringify(lastStep)}\n` };
}

/** Undefined where there is none that can be read. */
export async function readLastStep(checkpoint: string): Promise<LastStep | undefined> {
  const text = await readFile(join(checkpoint, FILE), 'utf8').catch(() => '');
  const parsed = lastStepSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}
