/** What a round of disturbances has cost, in numbers. */
import { median } from '../benchmark.js';
import type { AppliedStep } from './metrics-watch.js';
import type { Done } from './disturbing.js';

/** A disturbance, and what it cost. */
export interface Row {
  readonly kind: string;
  /** Whom. */
  readonly hit: string;
  /** Seconds after the start of the round. */
  readonly atSeconds: number;
  /** Steps applied when it happened. */
  readonly step: number;
  /** From then to the next applied step; null where none followed. */
  readonly nextStepMs: number | null;
  /** The longest wait between two steps from the one before it to the third one after it: what it costs may show late. */
  readonly longestWaitMs: number | null;
}

const WATCHED_STEPS = 3;

export function rowsOf(done: readonly Done[], applied: readonly AppliedStep[], startMs: number): Row[] {
  return done.map((one) => rowOf(one, applied, startMs));
}

function rowOf({ kind, hit, atMs }: Done, applied: readonly AppliedStep[], startMs: number): Row {
  const next = applied.findIndex((step) => step.atMs > atMs);
  const before = next < 0 ? applied.length - 1 : next - 1;
  const around = applied.slice(Math.max(before, 0), before + 1 + WATCHED_STEPS);
  const waits = around.slice(1).map((step, index) => step.atMs - around[index].atMs);
  return {
    ...{ kind, hit, atSeconds: (atMs - startMs) / 1000, step: applied[before]?.step ?? 0 },
    nextStepMs: next < 0 ? null : applied[next].atMs - atMs,
    longestWaitMs: waits.length === 0 ? null : Math.max(...waits),
  };
}

export interface Cost {
  readonly kind: string;
  readonly count: number;
  readonly nextStepMs: { readonly median: number; readonly max: number };
  readonly longestWaitMs: { readonly median: number; readonly max: number };
}

/** By kind; `all` is the last one. */
export function costsOf(rows: readonly Row[]): Cost[] {
  const hits = rows.filter(({ nextStepMs }) => nextStepMs !== null);
  if (hits.length === 0) return [];
  const kinds = [...new Set(hits.map(({ kind }) => kind))].sort();
  const costs = kinds.map((kind) =>
    costOf(
      kind,
      hits.filter((row) => row.kind === kind),
    ),
  );
  return [...costs, costOf('all', hits)];
}

function costOf(kind: string, rows: readonly Row[]): Cost {
  return {
    ...{ kind, count: rows.length },
    nextStepMs: spread(rows.map(({ nextStepMs }) => nextStepMs!)),
    longestWaitMs: spread(rows.map(({ longestWaitMs }) => longestWaitMs!)),
  };
}

function spread(values: readonly number[]): { median: number; max: number } {
  return { median: median(values), max: Math.max(...values) };
}
