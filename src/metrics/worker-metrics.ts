/** Prometheus metrics of a worker. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS, createRegistry } from './registry.js';

/** Ways on which a worker sends bulk data: rows to the coordinator, gradients to its neighbour, its state to a peer. */
export type Way = 'gather' | 'ring' | 'state';

export interface WorkerMetrics {
  registry: Registry;
  /** A step is applied. `pairs`: rows that this worker computed; `losses` by name. */
  step(step: number, pairs: number, losses: Readonly<Record<string, number>>): void;
  /** One phase of a step: data, encode, gather, loss, backward, reduce, update, save. */
  phase(name: string, seconds: number): void;
  bytesSent(way: Way, count: number): void;
  /** Of the state of training, from a peer. */
  bytesReceived(count: number): void;
  heartbeat(): void;
  /** This worker takes part in a generation. */
  generation(generation: number, rank: number, world: number): void;
  /** The coordinator has ended a generation. */
  halt(): void;
  /** A step was begun and not finished. */
  abandonedStep(): void;
  /** The coordinator was lost and is found again. */
  reconnect(): void;
}

/** @param worker its number */
export function createWorkerMetrics(worker: number, runId: string): WorkerMetrics {
  const registry = createRegistry({ run: runId, worker: String(worker), role: 'worker' });
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const loss = new Gauge({
    ...{ name: 'mlip_loss', help: 'Losses of the newest step over the global batch', labelNames: ['part'], registers },
  });
  const phases = new Histogram({
    ...{ name: 'mlip_phase_seconds', help: 'Time of each phase of a step', labelNames: ['phase'] },
    ...{ buckets: SECONDS_BUCKETS, registers },
  });
  const bytes = new Counter({ name: 'mlip_sent_bytes_total', help: 'Bulk bytes sent', labelNames: ['way'], registers });
  const steps = gauge('mlip_step', 'Steps applied by this worker');
  const pairs = counter('mlip_pairs_total', 'Pairs that this worker computed');
  const received = counter('mlip_state_received_bytes_total', 'Bytes of the state of training received from peers');
  const beats = counter('mlip_heartbeats_total', 'Heartbeats sent');
  const ranks = gauge('mlip_rank', 'Rank of this worker');
  const worlds = gauge('mlip_world_size', 'Workers that take part');
  const generations = gauge('mlip_generation', 'Generation that this worker takes part in');
  const halts = counter('mlip_halts_total', 'Generations that the coordinator has ended');
  const abandoned = counter('mlip_abandoned_steps_total', 'Steps begun and not finished');
  const reconnects = counter('mlip_reconnects_total', 'Times that the coordinator was lost and found again');
  return {
    registry,
    step(step, count, losses) {
      steps.set(step);
      pairs.inc(count);
      for (const [part, value] of Object.entries(losses)) loss.set({ part }, value);
    },
    phase: (phase, seconds) => phases.observe({ phase }, seconds),
    bytesSent: (way, count) => bytes.inc({ way }, count),
    bytesReceived: (count) => received.inc(count),
    heartbeat: () => beats.inc(),
    generation(generation, rank, world) {
      generations.set(generation);
      ranks.set(rank);
      worlds.set(world);
    },
    halt: () => halts.inc(),
    abandonedStep: () => abandoned.inc(),
    reconnect: () => reconnects.inc(),
  };
}
