/** What a benchmark is and what it reports. */
import type { Machine } from './machine.js';

/** One figure of ours beside one of theirs, in `unit`. */
export interface Result {
  case: string;
  ours: number;
  theirs: number;
  unit: string;
  /** ours / theirs. */
  ratio: number;
  /** What the ratio should be at most where less is better, at least where more is better. */
  goal: number;
  met: boolean;
}

export interface Measurements {
  versions: Record<string, string>;
  results: Result[];
  /** How it was measured and what is counted; checks that both sides computed the same. */
  notes: string[];
  /** Whatever else `--json` should print. */
  details?: object;
}

/** What `--json` prints. */
export interface Report extends Measurements {
  name: string;
  machine: Machine;
}

export interface BenchmarkOptions {
  /** Intra-op threads of either side. */
  threads: number;
  /** Processes of each side, in turn. */
  rounds: number;
  /** Measured steps of a process, after its warm-up. */
  steps: number;
  progress: (line: string) => void;
}

export interface Benchmark {
  description: string;
  /** Where they differ from the usual ones. */
  defaults?: Partial<Omit<BenchmarkOptions, 'progress'>>;
  run(options: BenchmarkOptions): Promise<Measurements>;
}

interface Figures {
  case: string;
  ours: number;
  theirs: number;
  unit: string;
  goal: number;
}

/** A figure of which less is better: a time, an amount of memory. */
export function lessIsBetter(figures: Figures): Result {
  const ratio = figures.ours / figures.theirs;
  return { ...figures, ratio, met: ratio <= figures.goal };
}

/** A figure of which more is better: a throughput. */
export function moreIsBetter(figures: Figures): Result {
  const ratio = figures.ours / figures.theirs;
  return { ...figures, ratio, met: ratio >= figures.goal };
}

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
