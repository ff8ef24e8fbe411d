/** What the metrics of coordinator and worker have in common. */
import { Registry, collectDefaultMetrics, exponentialBuckets } from 'prom-client';

/** 1 ms to 65 s, each bound twice the one before. */
export const SECONDS_BUCKETS = exponentialBuckets(0.001, 2, 17);

/** A registry of its own, so that several fit into one process, as in tests and where runs follow each other. */
export function createRegistry(labels: Record<string, string>): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  return registry;
}

/** With the metrics of the process: memory, CPU, event loop. */
export function createProcessRegistry(labels: Record<string, string>): Registry {
  const registry = createRegistry(labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}
