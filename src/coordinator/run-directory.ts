/**
 * What a run leaves in its output directory, apart from checkpoints: config.yaml, run.json, metrics.jsonl, ledger.jsonl,
 * events.jsonl, ranks.jsonl, TensorBoard.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEventWriter } from '../metrics/tensorboard.js';
import { type MetricsLine, parseMetricsLine } from '../rpc/run-events.js';
import { setAside } from './earlier-run.js';
import { openEventFile } from './event-file.js';
import type { RankTimes, StepAccount } from './events.js';
import { ledgerLines } from './ledger.js';
import { openLocked, writeWhole, writing } from './output-directory.js';
import { RanksFile } from './ranks-file.js';
import { cutAfter, lastStepLine } from './step-lines.js';
import type { StoredEvent } from './stored-event.js';

/** Contents of run.json: who runs. */
export interface RunInfo {
  runId: string;
  /** Training rows; null before the first worker has loaded them. */
  rows: number | null;
  coordinator: { address: string; pid: number };
  workers: { worker: number; pid: number; device: string }[];
}

export interface RunDirectoryOptions {
  /** Absolute. */
  out: string;
  /** Text of config.yaml. */
  configText: string;
  /** The resolved configuration as JSON: tells one run from another. */
  configJson: string;
  /** Applied steps after which the run goes on; null starts from the beginning. */
  resumeStep: number | null;
  /** False where a lease says who may write. */
  locked?: boolean;
}

export interface RunDirectory {
  describe(info: RunInfo): void;
  record(line: MetricsLine, account: StepAccount | null, ranks?: readonly RankTimes[]): void;
  note(event: StoredEvent): void;
  /** Takes the lines after that many steps out again. */
  rewind(step: number): void;
  close(): void;
}

/**
 * Locks and prepares an output directory. Throws MLIP_E_OUT_LOCKED if another coordinator has it, MLIP_E_OUT_OTHER_RUN
 * if it holds a run of another configuration, MLIP_E_OUT_WRITE if it cannot be written.
 */
export function openRunDirectory(options: RunDirectoryOptions): RunDirectory {
  return openLocked(options.out, (unlock) => prepare(options, unlock), options.locked);
}

function prepare({ out, configText, configJson, resumeStep }: RunDirectoryOptions, unlock: () => void): RunDirectory {
  const configHash = createHash('sha256').update(configJson).digest('hex');
  if (resumeStep === null) setAside(out, configHash);
  else cutLines(out, resumeStep);
  writeWhole(join(out, 'config.yaml'), configText);
  const scalars = createEventWriter(out);
  const note = openEventFile(out);
  const ranksFile = new RanksFile(join(out, 'ranks.jsonl'));
  return {
    describe: (info) => writing(out, () => writeWhole(join(out, 'run.json'), json({ ...info, configHash }))),
    record(line, account, ranks = []) {
      const { step, generation } = line;
      writing(out, () => append(out, line, account));
      if (ranks.length > 0) {
        writing(out, () => ranksFile.record({ time: new Date().toISOString(), step, generation, ranks }));
      }
      for (const [tag, value] of Object.entries(line)) if (tag !== 'step') scalars.scalar(line.step, tag, value);
    },
    note: (event) => writing(out, () => note(event)),
    rewind(step) {
      ranksFile.rewind(step);
      writing(out, () => cutLines(out, step));
    },
    close() {
      try {
        writing(out, () => ranksFile.flush());
      } finally {
        scalars.close();
        unlock();
      }
    },
  };
}

/** The ledger first: a step that is in metrics.jsonl has its lines there. */
function append(out: string, line: MetricsLine, account: StepAccount | null): void {
  if (account !== null) appendFileSync(join(out, 'ledger.jsonl'), ledgerLines(line, account));
  appendFileSync(join(out, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
}

/** Leaves the lines up to the step from which the run goes on: the steps after it are computed again. */
function cutLines(out: string, lastStep: number): void {
  const recorded = Math.min(lastStep, lastStepIn(out));
  for (const name of ['metrics.jsonl', 'ledger.jsonl', 'ranks.jsonl']) cutAfter(join(out, name), recorded);
}

/** Steps recorded in metrics.jsonl; 0 where there are none. */
export function lastStepIn(out: string): number {
  return lastLineIn(out)?.step ?? 0;
}

/** The newest whole line of metrics.jsonl; undefined where there is none. */
export function lastLineIn(out: string): MetricsLine | undefined {
  const last = lastStepLine(join(out, 'metrics.jsonl'));
  return last === undefined ? undefined : parseMetricsLine(last);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
