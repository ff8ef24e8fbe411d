/** Carries out a plan, each disturbance when the run has come so far. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { disturb, type Hit } from './disturb.js';
import type { MetricsWatch } from './metrics-watch.js';
import type { Disturbance } from './plan.js';

/** A disturbance that has happened. */
export interface Done extends Disturbance {
  readonly hit: Hit;
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

/** How long somebody is looked for who can be hit. */
const PATIENCE_MS = 20_000;

/** Resolves after the last one, or when the run is over. */
export async function disturbAll({ plan, cluster, watch, signal, onDone }: DisturbingOptions): Promise<void> {
  try {
    for (const disturbance of plan) {
      await watch.reach(disturbance.afterStep, signal);
      await sleep(disturbance.delayMs, undefined, { signal });
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
      const hit = await disturb(cluster, disturbance, patience);
      onDone({ ...disturbance, hit, atMs: performance.now() });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
