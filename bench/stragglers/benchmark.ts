/**
 * `npm run bench -- stragglers`: three workers, one of which is slowed to a third: how much of the throughput that their
 * speeds allow is reached, with micro-batches that move to the faster ones and with ones that stay.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../src/data/synth/corpus.js';
import { findLibrary } from '../../src/engine/library-paths.js';
import { ensureEngine } from '../../src/engine/provision/install.js';
import { type Benchmark, type BenchmarkOptions, median, type Measurements, moreIsBetter } from '../benchmark.js';
import { formatColumns } from '../../src/core/columns.js';
import { type Part, type SlowedRun, slowOneDown } from './run.js';

const WORKERS = 3;
/** The three of them run on two processors, and leave some room. */
const SHARE = 0.5;
const SLOW_SHARE = SHARE / 3;
const CORPUS = { pairs: 320, validPairs: 8, seed: 1, size: 96 };
/** 3 : 3 : 1 divides it, and so does 1 : 1 : 1. */
const MICRO_BATCHES = 42;
const ROWS = 4;
const REBALANCE_STEPS = 4;
const GOAL = 0.9;

export const stragglersBenchmark: Benchmark = {
  description: 'one of three workers slowed to a third: throughput beside the ideal for those speeds',
  defaults: { threads: 1, rounds: 1, steps: 10 },
  run: runStragglersBenchmark,
};

/** With micro-batches that move, and with ones that stay. */
interface Round {
  moving: SlowedRun;
  staying: SlowedRun;
}

async function runStragglersBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  if (findLibrary() === undefined) options.progress('installing TensorFlow, once');
  await ensureEngine();
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-stragglers-'));
  try {
    const { manifest } = await synthesize({ ...CORPUS, out: join(folder, 'corpus') });
    const measure = (rebalanceSteps: number): Promise<SlowedRun> => {
      options.progress(rebalanceSteps === 0 ? 'micro-batches that stay' : 'micro-batches that move');
      return slowOneDown({
        ...{ folder: mkdtempSync(join(folder, 'run-')), manifest, config: configOf(rebalanceSteps) },
        ...{ workers: WORKERS, share: SHARE, slowShare: SLOW_SHARE, ...options },
      });
    };
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) {
      rounds.push({ moving: await measure(REBALANCE_STEPS), staying: await measure(0) });
    }
    return { versions: {}, results: resultsOf(rounds), notes: notesOf(rounds), details: rounds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The recipe clip-nano in small micro-batches. */
function configOf(rebalanceSteps: number): object {
  return {
    ...{ recipe: 'clip-nano', batchSize: MICRO_BATCHES * ROWS, microBatchSize: ROWS },
    elastic: { rebalanceSteps },
  };
}

function resultsOf(rounds: readonly Round[]) {
  const unit = '% of before';
  const percent = (of: (round: Round) => number): number => 100 * median(rounds.map(of));
  const ours = percent(({ moving }) => throughput(moving));
  const best = percent(({ moving }) => ideal(moving));
  const staying = percent(({ staying }) => throughput(staying));
  return [
    moreIsBetter({ case: 'throughput, micro-batches that move; the ideal', ours, theirs: best, unit, goal: GOAL }),
    moreIsBetter({ case: 'throughput, micro-batches that move; that stay', ours, theirs: staying, unit, goal: 1 }),
  ];
}

/** Beside that before. */
function throughput({ before, after }: SlowedRun): number {
  return before.stepMs / after.stepMs;
}

/** The same, were all that the workers can compute used. */
function ideal({ before, after }: SlowedRun): number {
  return sum(after.speeds) / sum(before.speeds);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function notesOf(rounds: readonly Round[]): string[] {
  const rows = rounds.flatMap(({ moving, staying }) => [
    rowOf('moving, before', moving.before),
    rowOf('moving, after', moving.after),
    rowOf('staying, before', staying.before),
    rowOf('staying, after', staying.after),
  ]);
  return [
    ...formatColumns([['', 'a step', 'micro-batches', 'micro-batches a second'], ...rows]),
    '',
    `Each worker is stopped for ${100 * (1 - SHARE)} % of the time in turns of milliseconds, from then on one of them for ${(100 * (1 - SLOW_SHARE)).toFixed(0)} %.`,
    `Ideal: the sum of the workers’ measured speeds after, beside that before. ${MICRO_BATCHES} micro-batches of ${ROWS} rows a step.`,
  ];
}

function rowOf(name: string, { stepMs, speeds, microBatches }: Part): string[] {
  const rates = speeds.map((speed) => speed.toFixed(1));
  return [name, `${stepMs.toFixed(0)} ms`, microBatches.join(' '), rates.join(' ')];
}
