/** The reports of a run in the object store: what there is to read of it besides its checkpoints. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPieces } from '../../core/durable-file.js';
import type { RunOutcome } from '../events.js';
import { REPORT_FILES, type ReportName, type ReportsEntry } from './manifest.js';
import type { RunObjects } from './run-objects.js';

/** Of one file. A ledger has a line for each micro-batch: that of a long run is larger. */
export const MAX_REPORT_BYTES = 64 << 20;

export interface ReportsToPut {
  runId: string;
  /** Output directory. */
  out: string;
  outcome: RunOutcome;
  maxBytes?: number;
  warn: (message: string) => void;
}

/** Files that the run has not written are left out silently, those that are too large with a warning. */
export async function putReports(
  objects: RunObjects,
  { runId, out, outcome, maxBytes = MAX_REPORT_BYTES, warn }: ReportsToPut,
): Promise<ReportsEntry> {
  const entry: ReportsEntry = { runId, outcome: outcome.kind, step: outcome.step, files: {}, leftOut: [] };
  for (const name of REPORT_FILES) {
    const bytes = await sizeOf(join(out, name));
    if (bytes === undefined) continue;
    if (bytes <= maxBytes) entry.files[name] = await put(objects, out, name);
    else {
      entry.leftOut.push(name);
      warn(`${name} is not copied to ${objects.where}: it has ${mebibytes(bytes)}, ${mebibytes(maxBytes)} are taken`);
    }
  }
  return entry;
}

async function put(objects: RunObjects, out: string, name: ReportName): Promise<{ bytes: number; sha256: string }> {
  const { bytes, sha256 } = await objects.objects.put(objects.reportObject(name), readPieces(join(out, name)));
  return { bytes, sha256 };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / (1 << 20))} MiB`;
}
