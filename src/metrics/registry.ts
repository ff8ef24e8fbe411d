/** What the metrics of coordinator and worker have in common. */
import { Registry, collectDefaultMetrics, exponentialBuckets } from 'prom-client';

/** 1 ms to 65 s, each bound twice the one before. */
export const SECONDS_BUCKETS = exponentialBuckets(0.001, 2, 17);

/** With the metrics of the process: memory, CPU, event loop. */
export function createProcessRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
