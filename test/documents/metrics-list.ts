/** All metrics that mlip serves, from the registries themselves. */
import type { Registry } from 'prom-client';
import { PHASES } from '../../src/coordinator/state.js';
import { createCoordinatorMetrics } from '../../src/metrics/coordinator-metrics.js';
import { CoordinatorWatch } from '../../src/metrics/coordinator-watch.js';
import { followGpuMemory } from '../../src/metrics/gpu-memory.js';
import { instrumentsOf } from '../../src/metrics/instruments.js';
import { exposeRefusals } from '../../src/metrics/refused.js';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.js';
import { silent } from '../collectives/rings.js';

/** What prom-client's types leave out. */
export interface MetricDescription {
  name: string;
  type: string;
  labelNames: string[];
  help: string;
}

export type Source = 'run' | 'worker' | 'coordinator' | 'process';

/** `run`: of a run, by its coordinator. `coordinator`: of its process, with a store. `process`: of both. */
export function allMetrics(): Record<Source, MetricDescription[]> {
  const own = describe(processRegistry());
  const isOurs = ({ name }: MetricDescription): boolean => name.startsWith('mlip_');
  return {
    run: describe(runRegistry()),
    coordinator: own.filter(isOurs),
    worker: describe(workerRegistry()),
    process: own.filter((metric) => !isOurs(metric)),
  };
}

/** As they are served, but for those that Node brings. */
export async function ownExpositions(): Promise<Record<Exclude<Source, 'process'>, string>> {
  const [run, coordinator, worker] = [runRegistry(), processRegistry(), workerRegistry()];
  for (const { name } of describe(coordinator)) if (!name.startsWith('mlip_')) coordinator.removeSingleMetric(name);
  return { run: await run.metrics(), coordinator: await coordinator.metrics(), worker: await worker.metrics() };
}

function processRegistry(): Registry {
  const watch = new CoordinatorWatch();
  watch.showQueue(async () => 0);
  return watch.registry;
}

function runRegistry(): Registry {
  const facts = { runId: '', batchSize: 1, step: 0, savedStep: 0, saveEverySteps: 1, continued: false };
  const { registry } = createCoordinatorMetrics({ ...facts, temperatures: {}, states: PHASES });
  exposeRefusals(registry, { of: () => 0 });
  return registry;
}

function workerRegistry(): Registry {
  const { registry } = createWorkerMetrics(0, '');
  exposeRefusals(registry, { of: () => 0 });
  followGpuMemory(instrumentsOf(registry), [], silent)();
  return registry;
}

function describe(registry: Registry): MetricDescription[] {
  return registry.getMetricsAsArray() as unknown as MetricDescription[];
}

/** Names under which their samples are queried: those of a histogram have suffixes. */
export function seriesNames(): Set<string> {
  const names = Object.values(allMetrics()).flatMap((metrics) =>
    metrics.flatMap(({ name, type }) =>
      type === 'histogram' || type === 'summary' ? ['_bucket', '_sum', '_count', ''].map((end) => name + end) : [name],
    ),
  );
  return new Set(names);
}
