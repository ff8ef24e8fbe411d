/** Of the coordinator: who takes part, and how each of them does. */
import type { Instruments } from './instruments.js';

export interface MemberMetrics {
  joined(worker: number): void;
  /** A worker takes part no more; it is forgotten, and what comes late of it counts no more. */
  left(worker: number): void;
  heartbeat(worker: number): void;
  /** Micro-batches that a worker computes in a second of its own time, and whether it is named as a straggler. */
  pace(worker: number, speed: number, straggler: boolean): void;
  /** A generation is in place. `seconds` since the change that led to it. */
  generation(number: number, world: number, seconds: number): void;
}

export function memberMetrics({ gauge, counter, histogram }: Instruments): MemberMetrics {
  const joins = counter('mlip_joins_total', 'Workers that joined, also again');
  const losses = counter('mlip_worker_losses_total', 'Workers that take part no more');
  const beats = counter('mlip_heartbeats_total', 'Heartbeats received', 'worker');
  const speeds = gauge('mlip_worker_speed', 'Micro-batches a second of a worker’s own time', 'worker');
  const stragglers = gauge('mlip_straggler', '1 where a worker is far slower than the others', 'worker');
  const world = gauge('mlip_world_size', 'Workers of the generation');
  const newest = gauge('mlip_generation', 'Number of the generation');
  const regroups = histogram('mlip_regroup_seconds', 'From a change of membership until all ranks are in place');
  const present = new Set<number>();
  return {
    joined(worker) {
      joins.inc();
      present.add(worker);
    },
    left(worker) {
      losses.inc();
      present.delete(worker);
      for (const ofWorkers of [beats, speeds, stragglers]) ofWorkers.remove({ worker });
    },
    heartbeat(worker) {
      if (present.has(worker)) beats.inc({ worker });
    },
    pace(worker, speed, straggler) {
      if (!present.has(worker)) return;
      speeds.set({ worker }, speed);
      stragglers.set({ worker }, straggler ? 1 : 0);
    },
    generation(number, size, seconds) {
      newest.set(number);
      world.set(size);
      regroups.observe(seconds);
    },
  };
}
