/** What a run of the coordinator took, from the times of all processes. Pure: reports in, figures out. */
import { median } from '../benchmark.js';
import type { Usage } from './coordinator-process.js';
import type { FleetReport, FleetStep } from './spec.js';

/** Of one number of workers. */
export interface Figures {
  workers: number;
  /** From the first process's start to the last worker's welcome. */
  joinSeconds: number;
  /** From that to the moment when the last worker knew its place. */
  assignSeconds: number;
  /** From the last commit of a step to each worker's directive, over steps and workers. */
  overheadMs: Spread;
  /** From the last worker's begin of a gather to the whole at each worker. */
  gatherMs: Spread;
  /** The coordinator's processor time of a step. */
  cpuMsPerStep: number;
  /** Its processor time in a second of training. */
  cores: number;
  /** Highest resident memory of the coordinator while it trained. */
  memoryMb: number;
}

export interface Spread {
  median: number;
  p99: number;
  max: number;
}

/** @param warmUp steps at the start that do not count */
export function figuresOf(
  workers: number,
  reports: readonly FleetReport[],
  usage: readonly Usage[],
  warmUp: number,
): Figures {
  const steps = mergeSteps(reports).slice(warmUp);
  const joinedMs = Math.max(...reports.flatMap((report) => report.joinedMs));
  return {
    workers,
    joinSeconds: (joinedMs - Math.min(...reports.map(({ begunMs }) => begunMs))) / 1000,
    assignSeconds: (Math.max(...reports.flatMap(({ assignedMs }) => assignedMs)) - joinedMs) / 1000,
    overheadMs: spread(steps.flatMap(({ directedMs, committedMs }) => directedMs.map((at) => at - committedMs))),
    gatherMs: spread(steps.flatMap(({ gatheredMs, gatherBegunMs }) => gatheredMs.map((at) => at - gatherBegunMs))),
    ...load(steps, usage),
  };
}

/** Steps in order; what counts is when the last process came to a point. */
export function mergeSteps(reports: readonly FleetReport[]): FleetStep[] {
  const merged = new Map<number, FleetStep>();
  for (const next of reports.flatMap(({ steps }) => steps)) {
    const known = merged.get(next.step);
    merged.set(next.step, known === undefined ? next : together(known, next));
  }
  return [...merged.values()].toSorted((a, b) => a.step - b.step);
}

function together(one: FleetStep, other: FleetStep): FleetStep {
  return {
    step: one.step,
    gatherBegunMs: Math.max(one.gatherBegunMs, other.gatherBegunMs),
    gatheredMs: [...one.gatheredMs, ...other.gatheredMs],
    committedMs: Math.max(one.committedMs, other.committedMs),
    directedMs: [...one.directedMs, ...other.directedMs],
  };
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), p99: percentile(values, 0.99), max: values.reduce((a, b) => Math.max(a, b), 0) };
}

/** The smallest value that so large a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Of the time between the first and the last directive. */
function load(steps: readonly FleetStep[], usage: readonly Usage[]) {
  const startMs = Math.min(...steps[0].directedMs);
  const endMs = Math.max(...steps.at(-1)!.directedMs);
  const during = usage.filter(({ atMs }) => atMs >= startMs && atMs <= endMs);
  const [first, last] = [during[0], during.at(-1)!];
  const cores = (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs);
  const stepMs = (endMs - startMs) / (steps.length - 1);
  return { cores, cpuMsPerStep: cores * stepMs, memoryMb: Math.max(...during.map(({ memoryMb }) => memoryMb)) };
}

/**
 * How memory grows: what a worker costs from the middle number of workers to the largest, beside what it costs from the
 * smallest to the middle one, in KiB.
 */
export function growth(all: readonly Figures[]): { upper: number; lower: number } {
  const [smallest, middle, largest] = all.toSorted((a, b) => a.workers - b.workers);
  const slope = (from: Figures, to: Figures): number =>
    (1024 * (to.memoryMb - from.memoryMb)) / (to.workers - from.workers);
  return { upper: slope(middle, largest), lower: slope(smallest, middle) };
}
