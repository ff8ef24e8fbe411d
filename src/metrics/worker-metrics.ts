/** Prometheus metrics of a worker. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS, createRegistry } from './registry.js';

/** Ways on which a worker sends bulk data: rows to the coordinator, gradients to its neighbour in the ring. */
export type Way = 'gather' | 'ring';

export interface WorkerMetrics {
  registry: Registry;
  /** A step is applied. `pairs`: rows that this worker computed; `losses` by name. */
  step(step: number, pairs: number, losses: Readonly<Record<string, number>>): void;
  /** One phase of a step: data, encode, gather, loss, backward, reduce, update, save. */
  phase(name: string, seconds: number): void;
  bytesSent(way: Way, count: number): void;
  heartbeat(): void;
  /** Workers of the run. */
  world(size: number): void;
}

export function createWorkerMetrics(rank: number): WorkerMetrics {
  const registry = createRegistry({ rank: String(rank), role: 'worker' });
  const registers = [registry];
  const steps = new Gauge({ name: 'mlip_step', help: 'Steps applied by this worker', registers });
  const loss = new Gauge({
    name: 'mlip_loss',
    help: 'Loss of the newest step, over the whole batch',
    labelNames: ['part'],
    registers,
  });
  const pairs = new Counter({ name: 'mlip_pairs_total', help: 'Pairs that this worker computed', registers });
  const phases = new Histogram({
    ...{ name: 'mlip_phase_seconds', help: 'Time of each phase of a step', labelNames: ['phase'] },
    ...{ buckets: SECONDS_BUCKETS, registers },
  });
  const bytes = new Counter({ name: 'mlip_sent_bytes_total', help: 'Bulk bytes sent', labelNames: ['way'], registers });
  const beats = new Counter({ name: 'mlip_heartbeats_total', help: 'Heartbeats sent', registers });
  const world = new Gauge({ name: 'mlip_world_size', help: 'Workers of the run', registers });
  return {
    registry,
    step(step, count, losses) {
      steps.set(step);
      pairs.inc(count);
      for (const [part, value] of Object.entries(losses)) loss.set({ part }, value);
    },
    phase: (phase, seconds) => phases.observe({ phase }, seconds),
    bytesSent: (way, count) => bytes.inc({ way }, count),
    heartbeat: () => beats.inc(),
    world: (size) => world.set(size),
  };
}
