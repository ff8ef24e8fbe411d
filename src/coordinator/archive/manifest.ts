/**
 * What a store says of a run by its name: the newest checkpoint with the hash of each of its files, whichever place it is in,
 * and the reports. Small, so that it fits into a value; whoever has it can tell whether what he fetches is whole.
 */
import { z } from 'zod';
import type { KeyValue, Store } from '../../bus/store.js';
import { PLAIN_NAME } from '../../checkpoint/state-file.js';
import { parseJson } from '../../core/json.js';

/** Files of the output directory that are put into the store when the run ends. */
export const REPORT_FILES = [
  'config.yaml',
  'run.json',
  'metrics.jsonl',
  'ledger.jsonl',
  'events.jsonl',
  'ranks.jsonl',
] as const;

const count = z.number().int().nonnegative();
const digest = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const reportName = z.enum(REPORT_FILES);

const checkpointSchema = z.strictObject({
  step: count,
  /** Of its state.json, which has those of the files. */
  sha256: digest.shape.sha256,
  /** Of all files. */
  bytes: count,
  files: z.record(z.string().regex(PLAIN_NAME), digest),
  /** Where it was written. */
  path: z.string(),
  /** checkpoint.destination, to which it is copied; empty for none. */
  destination: z.string(),
  /** Whether it is among the objects of the store as well: large ones are not. */
  inStore: z.boolean(),
});

const reportsSchema = z.strictObject({
  /** Of the run that has left them: one that goes on from it and has not ended yet leaves them as they are. */
  runId: z.string().min(1),
  outcome: z.enum(['finished', 'stopped', 'failed']),
  /** Applied steps. */
  step: count,
  files: z.partialRecord(reportName, digest),
  /** Too large for the store. */
  leftOut: z.array(reportName),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  /** Output directory. */
  out: z.string(),
  /** Before the names of its objects. A run that goes on from a checkpoint of another one shares it. */
  folder: z.string().regex(/^[\w-]{1,64}$/),
  checkpoint: checkpointSchema.nullable(),
  reports: reportsSchema.nullable(),
});

export type RunManifest = z.infer<typeof manifestSchema>;
export type CheckpointEntry = z.infer<typeof checkpointSchema>;
export type ReportsEntry = z.infer<typeof reportsSchema>;
export type ReportName = z.infer<typeof reportName>;

const BUCKET = 'mlip-manifests';

export class Manifests {
  private readonly values: KeyValue;

  private constructor(values: KeyValue) {
    this.values = values;
  }

  static async open(store: Store): Promise<Manifests> {
    return new Manifests(await store.keyValue(BUCKET));
  }

  /** Null where there is none of that name, or one that another version of mlip has written. */
  async read(run: string): Promise<RunManifest | null> {
    const entry = await this.values.get(run);
    return entry && parse(entry.value);
  }

  /** Changes what is there, whoever else does at the same time. */
  async update(run: string, change: (known: RunManifest | null) => RunManifest): Promise<void> {
    for (;;) {
      const entry = await this.values.get(run);
      const value = Buffer.from(JSON.stringify(change(entry && parse(entry.value))));
      if ((await this.values.compareAndSet(run, value, entry?.revision ?? 0)) !== null) return;
    }
  }

  /** Sorted. */
  async names(): Promise<string[]> {
    return this.values.keys();
  }
}

function parse(value: Uint8Array): RunManifest | null {
  const parsed = manifestSchema.safeParse(parseJson(Buffer.from(value).toString()));
  return parsed.success ? parsed.data : null;
}
