/**
 * Values of a file that names no recipe and leaves them out: how a run is operated, never what it learns. Recipes are
 * whole and give these too; a configuration written before a key existed loads all the same.
 */
import type { Config } from './schema.js';
import type { Assignment } from './origin.js';

type Defaults = Partial<Omit<Config, 'data'>> & { data: Partial<Config['data']> };

const DEFAULTS: Defaults = {
  seed: 1,
  steps: 0,
  initialWeights: '',
  reduction: 'double',
  data: {
    manifest: '',
    vocabulary: '',
    maxBadShare: 0.01,
    maxPixels: 100_000_000,
    prefetchSteps: 4,
    decodeThreads: 0,
    cacheMb: 512,
  },
  engine: { device: 'auto', compile: true, compiler: 'auto', threads: 0 },
  checkpoint: { everySteps: 50, keep: 3, keepEverySteps: 0, keepBest: '', destination: '' },
  elastic: {
    minWorkers: 1,
    maxWorkers: 0,
    rejoinMs: 300_000,
    graceMs: 25_000,
    rebalanceSteps: 50,
    stragglerFactor: 2,
    stragglerMs: 0,
  },
  integrity: { hashSteps: 100, maxSkippedSteps: 10 },
  evaluation: { pairs: 256, batchSize: 32 },
  timeouts: {
    joinMs: 300_000,
    heartbeatMs: 2_000,
    stepMs: 300_000,
    dataMs: 60_000,
    reconnectMs: 60_000,
    leaseMs: 6_000,
  },
};

export function defaultAssignments(): Assignment[] {
  return Object.entries(DEFAULTS).flatMap(([section, value]) =>
    typeof value === 'object'
      ? Object.entries(value).map(([name, inner]) => assignment(`${section}.${name}`, inner))
      : [assignment(section, value)],
  );
}

function assignment(path: string, value: unknown): Assignment {
  return { path, value, origin: { kind: 'default', name: 'mlip' } };
}
