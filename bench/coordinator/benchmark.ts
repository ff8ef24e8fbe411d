/**
 * `npm run bench -- coordinator`: a real coordinator with 1,000 simulated workers, each over its own connections: joins,
 * heartbeats each second, plans, gathers of 32 rows each, commits. And with fewer of them, for how its memory grows.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, type BenchmarkOptions, lessIsBetter, type Measurements, type Result } from '../benchmark.js';
import { formatColumns } from '../../src/core/columns.js';
import { type Figures, growth } from './figures.js';
import { type RunFigures, runOnce } from './run.js';

const SIZES = [250, 500, 1000];
const ROWS_PER_WORKER = 32;
/** The fewest: what is measured is control, not how fast tensors move. */
const WIDTH = 1;
/** Its code is slower before it is compiled. */
const WARM_UP = 6;
const HEARTBEAT_MS = 1000;
const COMPUTE_MS = 500;
const UPDATE_MS = 200;
const WORKERS_PER_PROCESS = 250;

/** Milliseconds that the control of a step may take, and what linear growth may be off by. */
const BOUND_MS = 50;
const LINEAR = 1.25;

export const coordinatorBenchmark: Benchmark = {
  description: 'a coordinator with 1,000 simulated workers: control overhead of a step, processor, memory',
  defaults: { threads: 1, rounds: 1, steps: 20 },
  run: runCoordinatorBenchmark,
};

async function runCoordinatorBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-coordinator-'));
  try {
    const all: RunFigures[] = [];
    for (const workers of SIZES) {
      const place = join(folder, String(workers));
      mkdirSync(place);
      const processes = Math.ceil(workers / WORKERS_PER_PROCESS);
      const shape = { workers, processes, warmUp: WARM_UP, steps: options.steps };
      const figures = await runOnce(place, {
        ...shape,
        rowsPerWorker: ROWS_PER_WORKER,
        width: WIDTH,
        computeMs: COMPUTE_MS,
        updateMs: UPDATE_MS,
        heartbeatMs: HEARTBEAT_MS,
      });
      options.progress(describe(figures));
      all.push(figures);
    }
    return { versions: {}, results: resultsOf(all), notes: notesOf(all, options), details: all };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultsOf(all: readonly RunFigures[]): Result[] {
  const largest = all.at(-1)!;
  const { upper, lower } = growth(all);
  const dropped = all.reduce((sum, figures) => sum + figures.dropped, 0);
  const name = `${largest.workers} workers`;
  return [
    lessIsBetter({
      ...{ case: `${name}: overhead of a step, p99; the bound`, unit: 'ms', goal: 1 },
      ...{ ours: largest.overheadMs.p99, theirs: BOUND_MS },
    }),
    lessIsBetter({
      ...{ case: `memory of one more worker: beyond ${all.at(-2)!.workers}; below`, unit: 'KiB', goal: LINEAR },
      ...{ ours: upper, theirs: lower },
    }),
    { case: 'dropped; the bound', ours: dropped, theirs: 0, unit: '', ratio: dropped, goal: 0, met: dropped === 0 },
  ];
}

function describe({ workers, overheadMs, gatherMs, memoryMb }: Figures): string {
  const times = `overhead p99 ${overheadMs.p99.toFixed(0)} ms, gather p99 ${gatherMs.p99.toFixed(0)} ms`;
  return `${workers} workers: ${times}, ${memoryMb.toFixed(0)} MiB`;
}

function notesOf(all: readonly RunFigures[], { steps }: BenchmarkOptions): string[] {
  const bytes = all.at(-1)!.workers * ROWS_PER_WORKER * WIDTH * 4;
  return [
    ...formatColumns([HEADER, ...all.map(rowOf)]),
    '',
    `${steps} steps after ${WARM_UP} of warm-up; ${COMPUTE_MS} ms of computing before the gather and ${UPDATE_MS} ms of updating before the commit`,
    'are simulated, give or take a tenth; a connection for control and one for the gather a worker;',
    `${WORKERS_PER_PROCESS} workers a process, on the same machine, so they compete with the coordinator for its cores.`,
    'Overhead: from the last commit of a step to each worker’s directive, as the workers see it.',
    `Gather: ${ROWS_PER_WORKER} rows of ${WIDTH} float a worker; from the last worker’s begin until each has the whole (${bytes} bytes).`,
    'Dropped: joins, answers and lines of metrics.jsonl and ledger.jsonl that are missing. A worker that is lost fails the run.',
  ];
}

const HEADER =
  'workers,join s,assign s,overhead p50,p99,max,gather p50,p99,max ms,cpu ms a step,cores,MiB,heartbeats'.split(',');

function rowOf(figures: RunFigures): string[] {
  const { workers, joinSeconds, assignSeconds, overheadMs, gatherMs, cpuMsPerStep, cores, memoryMb, heartbeats } =
    figures;
  const spreads = [overheadMs, gatherMs].flatMap(({ median, p99, max }) => [median, p99, max]);
  return [
    ...[String(workers), joinSeconds.toFixed(1), assignSeconds.toFixed(1), ...spreads.map((ms) => ms.toFixed(0))],
    ...[cpuMsPerStep.toFixed(0), cores.toFixed(2), memoryMb.toFixed(0), String(heartbeats)],
  ];
}
