/** What a run leaves in its output directory, apart from checkpoints: config.yaml, run.json, metrics.jsonl, TensorBoard. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEventWriter } from '../metrics/tensorboard.js';
import type { MetricsLine } from '../rpc/run-events.js';
import { setAside } from './earlier-run.js';
import { openLocked, writeWhole, writing } from './output-directory.js';

/** Contents of run.json: who runs. */
export interface RunInfo {
  runId: string;
  coordinator: { address: string; pid: number };
  workers: { rank: number; pid: number; device: string }[];
}

export interface RunDirectoryOptions {
  /** Absolute. */
  out: string;
  /** Text of config.yaml. */
  configText: string;
  /** The resolved configuration as JSON: tells one run from another. */
  configJson: string;
  /** Applied steps of the checkpoint from which the run goes on; null starts from the beginning. */
  resumeStep: number | null;
}

export interface RunDirectory {
  describe(info: RunInfo): void;
  record(line: MetricsLine): void;
  close(): void;
}

/**
 * Locks and prepares an output directory. Throws MLIP_E_OUT_LOCKED if another coordinator has it, MLIP_E_OUT_OTHER_RUN
 * if it holds a run of another configuration, MLIP_E_OUT_WRITE if it cannot be written.
 */
export function openRunDirectory(options: RunDirectoryOptions): RunDirectory {
  return openLocked(options.out, (unlock) => prepare(options, unlock));
}

function prepare({ out, configText, configJson, resumeStep }: RunDirectoryOptions, unlock: () => void): RunDirectory {
  const configHash = createHash('sha256').update(configJson).digest('hex');
  if (resumeStep === null) setAside(out, configHash);
  else cutMetrics(join(out, 'metrics.jsonl'), resumeStep);
  writeWhole(join(out, 'config.yaml'), configText);
  const events = createEventWriter(out);
  return {
    describe: (info) => writing(out, () => writeWhole(join(out, 'run.json'), json({ ...info, configHash }))),
    record(line) {
      writing(out, () => appendFileSync(join(out, 'metrics.jsonl'), `${JSON.stringify(line)}\n`));
      for (const [tag, value] of Object.entries(line)) if (tag !== 'step') events.scalar(line.step, tag, value);
    },
    close() {
      events.close();
      unlock();
    },
  };
}

/** Leaves the lines up to the step from which the run goes on: the steps after it are computed again. */
function cutMetrics(path: string, lastStep: number): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line) => stepOf(line) <= lastStep);
  writeWhole(path, kept.map((line) => `${line}\n`).join(''));
}

/** Infinite for a line that a crash cut short. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
