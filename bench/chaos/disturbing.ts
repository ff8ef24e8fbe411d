/** Carries out a plan, each disturbance when the run has come so far. */
import { setTimeout as sleep } from 'node:timers/promises';
import { linkedSignal } from '../../src/core/linked-signal.js';
import type { Cluster } from './cluster.js';
import { disturb } from './disturb.js';
import type { MetricsWatch } from './metrics-watch.js';
import type { Disturbance } from './plan.js';

/** A disturbance that has happened. */
export interface Done extends Disturbance {
  /** Whom. */
  readonly hit: string;
  /** By performance.now(). */
  readonly atMs: number;
}

export interface DisturbingOptions {
  readonly plan: readonly Disturbance[];
  readonly cluster: Cluster;
  readonly watch: MetricsWatch;
  /** The run is over. */
  readonly signal: AbortSignal;
  readonly onDone: (done: Done) => void;
}

/** How long somebody is looked for who can be hit; then others come first. */
const PATIENCE_MS = 3_000;

/** A worker that is alone steps fast: whoever is so many steps behind the plan makes haste. */
const LATE_STEPS = 2;
const HASTE = 5;

/** Resolves after the last one, or when the run is over. */
export async function disturbAll({ plan, cluster, watch, signal, onDone }: DisturbingOptions): Promise<void> {
  const waiting = [...plan];
  try {
    while (waiting.length > 0) {
      const next = waiting.shift()!;
      await watch.reach(next.afterStep, signal);
      const haste = watch.step > next.afterStep + LATE_STEPS ? HASTE : 1;
      await sleep(next.delayMs / haste, undefined, { signal });
      const patience = linkedSignal(signal, PATIENCE_MS / haste);
      const hit = await disturb(cluster, next, patience.signal).finally(patience.release);
      if (hit === null) waiting.push(next);
      else onDone({ ...next, hit, atMs: performance.now() });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
