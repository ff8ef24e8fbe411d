/** Prometheus metrics of the coordinator. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS, createRegistry } from './registry.js';

/** Parts of the loss have the names that workers give them: no more than so many become series. */
const MOST_PARTS = 64;

export interface CoordinatorMetrics {
  registry: Registry;
  /** A step is applied on all ranks. `losses` by name: loss, loss_global, ... */
  step(step: number, pairs: number, seconds: number, losses: Readonly<Record<string, number>>): void;
  heartbeat(rank: number): void;
  /** Workers that are connected. */
  world(size: number): void;
  /** Bytes of a gather that went out to a worker. */
  bytesSent(count: number): void;
}

export function createCoordinatorMetrics(runId: string): CoordinatorMetrics {
  const registry = createRegistry({ run: runId, role: 'coordinator' });
  const registers = [registry];
  const steps = new Gauge({ name: 'mlip_step', help: 'Steps applied by all workers', registers });
  const loss = new Gauge({ name: 'mlip_loss', help: 'Loss of the newest step', labelNames: ['part'], registers });
  const parts = new Set<string>();
  const pairs = new Counter({ name: 'mlip_pairs_total', help: 'Image-report pairs trained on', registers });
  const help = 'Time from step to step';
  const seconds = new Histogram({ name: 'mlip_step_seconds', help, buckets: SECONDS_BUCKETS, registers });
  const labelNames = ['rank'];
  const beats = new Counter({ name: 'mlip_heartbeats_total', help: 'Heartbeats received', labelNames, registers });
  const world = new Gauge({ name: 'mlip_world_size', help: 'Workers that are connected', registers });
  const bytes = new Counter({ name: 'mlip_sent_bytes_total', help: 'Bytes of gathered tensors sent', registers });
  return {
    registry,
    step(step, count, elapsed, losses) {
      steps.set(step);
      pairs.inc(count);
      seconds.observe(elapsed);
      for (const [part, value] of Object.entries(losses)) {
        if (parts.size < MOST_PARTS) parts.add(part);
        if (parts.has(part)) loss.set({ part }, value);
      }
    },
    heartbeat: (rank) => beats.inc({ rank }),
    world: (size) => world.set(size),
    bytesSent: (count) => bytes.inc(count),
  };
}
