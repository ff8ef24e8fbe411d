/** What a run tells while it trains: a line for each step that a worker applied, or computed and threw away. */
import { z } from 'zod';

const stepEventSchema = z.object({
  /** `discarded`: the batch was computed and thrown away, and no later step makes up for it. */
  kind: z.enum(['applied', 'discarded']),
  /** On the machine's monotonic clock, which all its processes share. */
  atMs: z.number(),
  /** Steps applied so far. */
  step: z.number().int().nonnegative(),
  /** Grows when the membership changes: a restart of torchrun, a quorum of TorchFT, a generation of mlip. */
  generation: z.number().int().nonnegative(),
  /** Workers that took part. */
  world: z.number().int().positive(),
  /** Of the worker that tells it; null where the coordinator does. */
  pid: z.number().int().positive().nullable(),
});

export type StepEvent = z.infer<typeof stepEventSchema>;

/** A line as peer_record.py writes it. */
export function stepEventOf(line: string): StepEvent {
  return stepEventSchema.parse(JSON.parse(line));
}

const metricsLineSchema = z.object({ step: z.number(), generation: z.number(), world: z.number() });

/** A line of our metrics.jsonl, which the coordinator writes once all workers have applied the step. */
export function stepEventOfMetrics(line: string, seenAtMs: number): StepEvent {
  return { kind: 'applied', atMs: seenAtMs, pid: null, ...metricsLineSchema.parse(JSON.parse(line)) };
}
