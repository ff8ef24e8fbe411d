/** One run of three workers of which one becomes slow: steps a second before and after, and how fast each worker was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { fetchStatus } from '../../src/rpc/launcher.js';
import { benchAccess } from '../access.js';
import { monotonicMs } from '../clock.js';
import { followLines } from '../training/follow.js';
import { isRunning } from '../training/processes.js';
import { type Run, type RunOptions, startRun } from '../training/run.js';
import { Throttle } from './throttle.js';

export interface Part {
  stepMs: number;
  /** Micro-batches a second of each worker's own time, as the coordinator measured them. */
  speeds: number[];
  microBatches: number[];
}

export interface SlowedRun {
  before: Part;
  after: Part;
}

export interface SlowedRunOptions extends RunOptions {
  /** Measured ones, before and after. */
  steps: number;
  /** Of the time that each worker runs, and that the last one runs later. */
  share: number;
  slowShare: number;
  progress: (line: string) => void;
}

/** Until micro-batches have moved, and the speeds from before are forgotten. */
const SETTLING_STEPS = 16;
const PATIENCE_MS = 600_000;
const POLL_MS = 5;

export async function slowOneDown(options: SlowedRunOptions): Promise<SlowedRun> {
  const run = await startRun(options);
  const applied: number[] = [];
  const unfollow = followLines(join(run.out, 'metrics.jsonl'), () => applied.push(monotonicMs()));
  const throttle = new Throttle();
  try {
    const pids = Array.from({ length: options.workers }, (_, worker) => run.startWorker(`worker-${worker}`).pid!);
    await waitFor(run, () => applied.length > 0);
    const measure = (shares: number[]): Promise<Part> => {
      throttle.set(pids.map((pid, worker) => ({ pid, share: shares[worker] })));
      return measurePart(run, applied, options);
    };
    const even = pids.map(() => options.share);
    const before = await measure(even);
    const after = await measure([...even.slice(1), options.slowShare]);
    return { before, after };
  } finally {
    await throttle.end();
    await run.processes.stop();
    unfollow();
  }
}

async function measurePart(run: Run, applied: readonly number[], options: SlowedRunOptions): Promise<Part> {
  const { steps, progress } = options;
  const first = applied.length + SETTLING_STEPS;
  await waitFor(run, () => applied.length > first + steps);
  const stepMs = (applied[first + steps] - applied[first]) / steps;
  const { workers } = await fetchStatus(run.address, { timeoutMs: 10_000, access: benchAccess });
  const inOrder = workers.toSorted((a, b) => a.worker - b.worker);
  const part = {
    stepMs,
    speeds: inOrder.map(({ speed }) => speed),
    microBatches: inOrder.map(({ microBatches }) => microBatches),
  };
  progress(`  a step ${stepMs.toFixed(0)} ms; micro-batches ${part.microBatches.join(', ')}`);
  return part;
}

async function waitFor({ coordinator, processes }: Run, condition: () => boolean): Promise<void> {
  const deadline = monotonicMs() + PATIENCE_MS;
  while (!condition()) {
    if (!isRunning(coordinator)) throw new Error(`the coordinator ended\n${processes.lastWords('coordinator')}`);
    if (monotonicMs() > deadline) throw new Error(`the run hung\n${processes.lastWords('coordinator')}`);
    await sleep(POLL_MS);
  }
}
