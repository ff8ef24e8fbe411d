/**
 * `npm run bench -- checkpoint`: what a checkpoint of 1 GiB costs a run that goes on meanwhile, beside one for which
 * training waits, written on the thread of training.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';
import { ensureEngine } from '../../src/engine/provision/install.js';
import { type Benchmark, type BenchmarkOptions, lessIsBetter, type Measurements, median } from '../benchmark.js';
import { runChild } from '../child.js';
import type { CheckpointReport } from './measure.js';

export const checkpointBenchmark: Benchmark = {
  description: 'a checkpoint of 1 GiB while training goes on, against one that training waits for',
  run: runCheckpointBenchmark,
};

async function runCheckpointBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  await ensureEngine();
  const reports: CheckpointReport[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`round ${round} of ${options.rounds}`);
    reports.push(await measured(options));
  }
  const middle = (name: keyof CheckpointReport): number => median(reports.map((report) => report[name]));
  const [stall, alone] = [middle('stall'), middle('stallAlone')];
  return {
    versions: {},
    results: [
      lessIsBetter({
        case: 'training waits',
        ours: middle('waits'),
        theirs: middle('waitsAlone'),
        unit: 'ms',
        goal: 0.5,
      }),
      lessIsBetter({ case: 'longest stall of the event loop', ours: stall, theirs: alone, unit: 'ms', goal: 1 }),
      lessIsBetter({
        ...{ case: 'a step while it is written, and alone', unit: 'ms', goal: 1.5 },
        ...{ ours: middle('stepWhileWriting'), theirs: middle('step') },
      }),
    ],
    notes: [
      `${(middle('bytes') / 2 ** 30).toFixed(2)} GiB of parameters and moments; medians of ${options.rounds} processes.`,
      `It is on disk after ${middle('written').toFixed(0)} ms where no step runs beside it.`,
      `Finding the newest whole checkpoint takes ${middle('searched').toFixed(0)} ms and stalls the event loop for ${middle('stallSearching').toFixed(0)} ms at most.`,
    ],
  };
}

async function measured({ threads, steps }: BenchmarkOptions): Promise<CheckpointReport> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-checkpoint-'));
  const script = join(packageRoot, 'dist', 'bench', 'checkpoint', 'measure.js');
  try {
    const settings = [folder, '--threads', String(threads), '--steps', String(steps)];
    return (await runChild(process.execPath, [script, ...settings], threads)) as CheckpointReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
