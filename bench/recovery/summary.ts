/** Sums up the rounds of all sides. */
import { lessIsBetter, median, type BenchmarkOptions, type Measurements, type Result } from '../benchmark.js';
import { formatColumns } from '../../src/core/columns.js';
import type { Outcome } from './attack.js';

export interface Rounds {
  ours: Outcome[];
  torchrun: Outcome[];
  torchft: Outcome[];
}

/** At least 5 times faster than torchrun, faster than TorchFT, no step lost. */
const GOALS = { torchrun: 0.2, torchft: 1 };
const NAMES = { ours: 'mlip', torchrun: 'torchrun', torchft: 'TorchFT' };
type Peer = keyof typeof GOALS;

export function summarise(rounds: Rounds, options: BenchmarkOptions): Omit<Measurements, 'versions'> {
  const peers = Object.keys(GOALS) as Peer[];
  return {
    results: peers.flatMap((peer) => [recovery(rounds, peer), lost(rounds, peer)]),
    notes: [...formatColumns(sideRows(rounds)), '', ...howMeasured(options)],
    details: rounds,
  };
}

/** Infinite where no round recovered: a side that failed is slower than any other. */
function recovery(rounds: Rounds, peer: Peer): Result {
  const figures = { ours: medianOf(rounds.ours), theirs: medianOf(rounds[peer]), unit: 'ms', goal: GOALS[peer] };
  const result = lessIsBetter({ case: `SIGKILL to next step, ${NAMES[peer]}`, ...figures });
  return { ...result, met: result.met && failures(rounds.ours) === 0 };
}

function lost(rounds: Rounds, peer: Peer): Result {
  const [ours, theirs] = [rounds.ours, rounds[peer]].map((outcomes) => sum(outcomes.map(({ stepsLost }) => stepsLost)));
  const ratio = ours === 0 ? 0 : ours / theirs;
  return {
    case: `steps lost, ${NAMES[peer]}`,
    ours,
    theirs,
    unit: 'steps',
    ratio,
    goal: 0,
    met: ratio === 0 && failures(rounds.ours) === 0,
  };
}

function failures(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ failure }) => failure !== undefined).length;
}

function medianOf(outcomes: readonly Outcome[]): number {
  const recovered = times(outcomes, 'recoveredMs');
  return recovered.length === 0 ? Infinity : median(recovered);
}

function sideRows(rounds: Rounds): string[][] {
  const header = 'side,rounds,failed,median ms,min,max,first step,redone,discarded,missing,a step,complete'.split(',');
  return [header, ...(Object.keys(NAMES) as (keyof Rounds)[]).map((key) => sideRow(NAMES[key], rounds[key]))];
}

function sideRow(name: string, outcomes: readonly Outcome[]): string[] {
  const recovered = times(outcomes, 'recoveredMs');
  const counts = [outcomes.length, failures(outcomes)];
  const figures = [medianOf(outcomes), Math.min(...recovered), Math.max(...recovered)];
  const losses = (['redone', 'discarded', 'missing'] as const).map((key) => sum(outcomes.map((each) => each[key])));
  const ofTimes = (key: 'firstStepMs' | 'stepMs' | 'completeMs'): number => median(times(outcomes, key));
  return [
    name,
    ...[...counts, ...figures, ofTimes('firstStepMs'), ...losses, ofTimes('stepMs'), ofTimes('completeMs')].map(shown),
  ];
}

function howMeasured({ threads, rounds, steps }: BenchmarkOptions): string[] {
  return [
    `${rounds} rounds a side, in turn, a fresh run each; ${threads} threads a worker; SIGKILL after ${steps} steps or more with both, at`,
    'points spread over a step, of either worker in turn. Times are from the SIGKILL: "median ms" to the first step beyond all',
    'before, without the lost worker or with its successor; "first step" to the first step of any number. Failed: no such step',
    'within 60 s, or the run ended. Lost: steps applied again (redone), batches thrown away (discarded), steps nobody applied.',
    'TorchFT trains on without the lost worker’s share of the data, which is not counted as lost. "complete": until both train',
    'again, from the SIGKILL with torchrun, from when a replacement was started (after the recovery) with mlip and TorchFT.',
  ];
}

export function describeOutcome(outcome: Outcome): string {
  if (outcome.failure !== undefined) return `FAILED: ${outcome.failure}`;
  const { recoveredMs, stepsLost, completeMs, stepMs } = outcome;
  return `next step after ${shown(recoveredMs)} ms (a step: ${shown(stepMs)}), ${stepsLost} lost, complete after ${shown(completeMs)} ms`;
}

function times(outcomes: readonly Outcome[], key: 'recoveredMs' | 'firstStepMs' | 'stepMs' | 'completeMs'): number[] {
  return outcomes
    .map((outcome) => outcome[key])
    .filter((value) => value !== null && Number.isFinite(value)) as number[];
}

function shown(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
