/** What the record of a run says about a kill in it. Pure: events in, figures out. */
import { median } from '../benchmark.js';
import type { StepEvent } from './step-event.js';

export interface Verdict {
  /**
   * From the kill to the first step, beyond all before, that was applied without the killed worker or with its successor:
   * in a later generation. A step that was all but done when the worker died does not count.
   */
  recoveredMs: number | null;
  /** From the kill to the first step applied in a later generation, be it one that had been applied before. */
  firstStepMs: number | null;
  /** Steps applied again. */
  redone: number;
  /** Steps whose batch was computed and thrown away. */
  discarded: number;
  /** Steps that nobody applied. */
  missing: number;
}

/** @param events in any order, as several processes wrote them. */
export function judge(events: readonly StepEvent[], killedAtMs: number): Verdict {
  const { old, later, highest } = divide(events, killedAtMs);
  const recovered = later.find((event) => isApplied(event) && event.step > highest);
  const until = recovered?.atMs ?? Infinity;
  const stalled = [...old, ...later].filter(({ atMs }) => atMs > killedAtMs && atMs < until);
  const again = later.filter(({ kind, step }) => kind === 'applied' && step <= highest);
  return {
    recoveredMs: since(killedAtMs, recovered),
    firstStepMs: since(killedAtMs, later.find(isApplied)),
    redone: new Set(again.map(({ step }) => step)).size,
    discarded: stalled.filter(({ kind }) => kind === 'discarded').length,
    missing: recovered === undefined ? 0 : recovered.step - highest - 1,
  };
}

/** From the kill to the first step after the recovery in which `world` workers took part; null before there is one. */
export function completeMs(events: readonly StepEvent[], killedAtMs: number, world: number): number | null {
  const { later, highest } = divide(events, killedAtMs);
  const complete = later.find((event) => isApplied(event) && event.step > highest && event.world === world);
  return since(killedAtMs, complete);
}

export function stepsLost({ redone, discarded, missing }: Verdict): number {
  return redone + discarded + missing;
}

/** When each step was first applied by all `world` workers together, in order of time. */
export function firstApplied(events: readonly StepEvent[], world: number): { step: number; atMs: number }[] {
  const first = new Map<number, number>();
  for (const event of events.filter((each) => isApplied(each) && each.world === world)) {
    first.set(event.step, Math.min(event.atMs, first.get(event.step) ?? Infinity));
  }
  return [...first].map(([step, atMs]) => ({ step, atMs })).toSorted((a, b) => a.atMs - b.atMs);
}

/** Median time between steps that follow each other; NaN where there are no two. */
export function stepMs(applied: readonly { atMs: number }[]): number {
  return median(applied.slice(1).map(({ atMs }, i) => atMs - applied[i].atMs));
}

/** Events of generations up to the one in which the kill fell, those of later ones, and the last step of the former. */
function divide(events: readonly StepEvent[], killedAtMs: number) {
  const sorted = events.toSorted((a, b) => a.atMs - b.atMs);
  const generation = Math.max(...sorted.filter(({ atMs }) => atMs <= killedAtMs).map((event) => event.generation));
  const old = sorted.filter((event) => event.generation <= generation);
  const later = sorted.filter((event) => event.generation > generation);
  return { old, later, highest: Math.max(0, ...old.filter(isApplied).map(({ step }) => step)) };
}

function isApplied({ kind }: StepEvent): boolean {
  return kind === 'applied';
}

function since(startMs: number, event: StepEvent | undefined): number | null {
  return event === undefined ? null : event.atMs - startMs;
}
