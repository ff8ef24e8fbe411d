/**
 * `npm run bench -- gather`: how many bytes of gathered rows one coordinator sends in a second, with rows as wide as those of
 * mlip-vit-b16. Every worker gets the rows of all, so this is what bounds the number of workers (docs/sizing.md).
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatColumns } from '../../src/core/columns.js';
import { type Benchmark, type BenchmarkOptions, type Measurements, moreIsBetter } from '../benchmark.js';
import { type RunFigures, runOnce } from './run.js';

const SIZES = [8, 32, 64];
const ROWS_PER_WORKER = 24;
/** Five embeddings of 128 floats, and what says which pairs are the same. */
const WIDTH = 5 * 128 + 4;
const WARM_UP = 3;
/** Throughput may fall by so much from the fewest workers to the most. */
const SHARE_LEFT = 0.8;

export const gatherBenchmark: Benchmark = {
  description: 'gathered rows that one coordinator sends to 8, 32 and 64 simulated workers',
  defaults: { threads: 1, rounds: 1, steps: 10 },
  run: runGatherBenchmark,
};

async function runGatherBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-gather-'));
  try {
    const all: RunFigures[] = [];
    for (const workers of SIZES) {
      const place = join(folder, String(workers));
      mkdirSync(place);
      const figures = await runOnce(place, {
        ...{
          workers,
          rowsPerWorker: ROWS_PER_WORKER,
          width: WIDTH,
          processes: 1,
          warmUp: WARM_UP,
          steps: options.steps,
        },
        ...{ computeMs: 300, updateMs: 100, heartbeatMs: 1000 },
      });
      options.progress(`${workers} workers: ${megabytesASecond(figures).toFixed(0)} MB/s`);
      all.push(figures);
    }
    return { versions: {}, results: [resultOf(all)], notes: notesOf(all, options), details: all };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(all: readonly RunFigures[]) {
  const [fewest, most] = [all[0], all.at(-1)!];
  return moreIsBetter({
    ...{ case: `sent to ${most.workers} workers; to ${fewest.workers}`, unit: 'MB/s', goal: SHARE_LEFT },
    ...{ ours: megabytesASecond(most), theirs: megabytesASecond(fewest) },
  });
}

/** Of a gather: the rows of all, to each. */
function bytesOf({ workers }: RunFigures): number {
  return workers * workers * ROWS_PER_WORKER * WIDTH * 4;
}

function megabytesASecond(figures: RunFigures): number {
  return bytesOf(figures) / figures.gatherMs.max / 1e3;
}

function notesOf(all: readonly RunFigures[], { steps }: BenchmarkOptions): string[] {
  const rows = all.map((figures) => [
    ...[String(figures.workers), (bytesOf(figures) / 2 ** 20).toFixed(0), figures.gatherMs.median.toFixed(0)],
    ...[figures.gatherMs.max.toFixed(0), megabytesASecond(figures).toFixed(0), figures.memoryMb.toFixed(0)],
  ]);
  return [
    ...formatColumns([['workers', 'MiB sent a step', 'gather p50', 'max ms', 'MB/s', 'MiB of memory'], ...rows]),
    '',
    `${steps} steps after ${WARM_UP} of warm-up; ${ROWS_PER_WORKER} rows of ${WIDTH} floats a worker. From the last worker’s begin until each has`,
    'the whole; MB/s by the slowest. The workers are on the same machine and take its other core.',
  ];
}
