/** What must survive the coordinator: small, durable, and enough to go on with the workers that are still there. */
import { z } from 'zod';

const count = z.number().int().nonnegative();

const failure = { code: z.string(), message: z.string(), where: z.string(), remedy: z.string() };

const recordSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  /** Of the resolved configuration: another one is another run. */
  configHash: z.string(),
  /** The newest that anybody has been told of. */
  generation: count,
  /** Worker numbers below it are taken. */
  nextWorker: count,
  /** Workers of that generation. */
  workers: z.array(count),
  /** Steps applied when it began. */
  step: count,
  /** From which the run went on when it started. */
  resume: z.strictObject({ step: count, checkpoint: z.string() }).nullable(),
  checkpoint: z.strictObject({ step: count, path: z.string() }).nullable(),
  /** The generation with which the run last went back to a checkpoint; 0 where it never has. */
  rewoundIn: count.default(0),
  /** Workers whose state is not to be used. */
  condemned: z.array(count).default([]),
  /** What every worker must have loaded; null before the first generation. */
  loaded: z.strictObject({ rows: count, dataHash: z.string() }).nullable().default(null),
  ended: z.boolean(),
  /** Whether it ended on request, and for which cause it failed. */
  stopped: z.boolean().default(false),
  cause: z
    .strictObject({ ...failure, worker: count.nullable() })
    .nullable()
    .default(null),
  /** Of the submission that it carries out; empty where it was started by hand. */
  submission: z.string().default(''),
});

export type RunRecord = z.infer<typeof recordSchema>;

export function formatRecord(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Null for what is no record of a version that is known. */
export function parseRecord(text: string): RunRecord | null {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
