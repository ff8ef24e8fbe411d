/** Prometheus metrics of the coordinator. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS, createRegistry } from './registry.js';

/** Parts of the loss have the names that workers give them: no more than so many become series. */
const MOST_PARTS = 64;

export interface CoordinatorMetrics {
  registry: Registry;
  /** A step is applied on all ranks. `losses` by name: loss, loss_global, ... */
  step(step: number, pairs: number, seconds: number, losses: Readonly<Record<string, number>>): void;
  heartbeat(worker: number): void;
  joined(): void;
  /** A worker takes part no more; it is forgotten. */
  left(worker: number): void;
  /** A generation is in place. `seconds` since the change that led to it. */
  generation(number: number, world: number, seconds: number): void;
  /** Micro-batches that a worker computes in a second of its own time, and whether it is named as a straggler. */
  pace(worker: number, speed: number, straggler: boolean): void;
  /** A step changed nothing, as values were not finite. */
  skipped(): void;
  /** A checkpoint could not be written. */
  saveFailed(): void;
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
  const labelNames = ['worker'];
  const beats = new Counter({ name: 'mlip_heartbeats_total', help: 'Heartbeats received', labelNames, registers });
  const world = new Gauge({ name: 'mlip_world_size', help: 'Workers of the generation', registers });
  const number = new Gauge({ name: 'mlip_generation', help: 'Number of the generation', registers });
  const joins = new Counter({ name: 'mlip_joins_total', help: 'Workers that joined, also again', registers });
  const losses = new Counter({ name: 'mlip_worker_losses_total', help: 'Workers that take part no more', registers });
  const skips = new Counter({ name: 'mlip_skipped_steps_total', help: 'Steps skipped as not finite', registers });
  const failedSaves = new Counter({
    ...{ name: 'mlip_checkpoint_failures_total', help: 'Checkpoints that could not be written', registers },
  });
  const speedHelp = 'Micro-batches a second of a worker’s own time';
  const speeds = new Gauge({ name: 'mlip_worker_speed', help: speedHelp, labelNames, registers });
  const stragglerHelp = '1 where a worker is far slower than the others';
  const stragglers = new Gauge({ name: 'mlip_straggler', help: stragglerHelp, labelNames, registers });
  const regroups = new Histogram({
    ...{ name: 'mlip_regroup_seconds', help: 'From a change of membership until all ranks are in place' },
    ...{ buckets: SECONDS_BUCKETS, registers },
  });
  const bytes = new Counter({ name: 'mlip_sent_bytes_total', help: 'Bytes of gathered tensors sent', registers });
  return {
    registry,
    step(step, count, elapsed, values) {
      steps.set(step);
      pairs.inc(count);
      seconds.observe(elapsed);
      for (const [part, value] of Object.entries(values)) {
        if (parts.size < MOST_PARTS) parts.add(part);
        if (parts.has(part)) loss.set({ part }, value);
      }
    },
    heartbeat: (worker) => beats.inc({ worker }),
    joined: () => joins.inc(),
    left(worker) {
      losses.inc();
      for (const ofWorkers of [beats, speeds, stragglers]) ofWorkers.remove({ worker });
    },
    generation(newest, size, elapsed) {
      number.set(newest);
      world.set(size);
      regroups.observe(elapsed);
    },
    pace(worker, speed, straggler) {
      speeds.set({ worker }, speed);
      stragglers.set({ worker }, straggler ? 1 : 0);
    },
    skipped: () => skips.inc(),
    saveFailed: () => failedSaves.inc(),
    bytesSent: (count) => bytes.inc(count),
  };
}
