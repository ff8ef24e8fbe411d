/** Prometheus metrics of a worker. */
import { Registry } from 'prom-client';
import { instrumentsOf } from './instruments.js';
import { type SetLosses, lossGauge } from './losses.js';
import { type Traffic, trafficCounters } from './traffic.js';

export interface WorkerMetrics extends Traffic {
  registry: Registry;
  labels: { run: string; worker: string };
  /** A coordinator that did not know of this worker has given it another number. */
  renumber(worker: number): void;
  /** A step is applied. `pairs`: rows that this worker computed; `losses` by name. */
  step(step: number, pairs: number, losses: Parameters<SetLosses>[0]): void;
  /** One phase of a step: data, encode, gather, loss, backward, reduce, update, save. */
  phase(name: string, seconds: number): void;
  /** Rows that this worker has found unusable since it began. */
  unusableRows(count: number): void;
  /** A checkpoint is on disk, so long after it was asked for. */
  saved(seconds: number): void;
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
  const registry = new Registry();
  const labels = { run: runId, worker: String(worker) };
  const make = instrumentsOf(registry);
  const { gauge, counter, histogram } = make;
  const setLosses = lossGauge(make);
  const phases = histogram('mlip_phase_seconds', 'Time of each phase of a step', 'phase');
  const steps = gauge('mlip_step', 'Steps applied by this worker');
  const pairs = counter('mlip_pairs_total', 'Pairs that this worker computed');
  const unusable = gauge('mlip_unusable_rows', 'Rows whose image this worker has found unusable');
  const saves = histogram('mlip_checkpoint_seconds', 'From the call for a checkpoint until it is on disk');
  const beats = counter('mlip_heartbeats_total', 'Heartbeats sent');
  const ranks = gauge('mlip_rank', 'Rank of this worker');
  const worlds = gauge('mlip_world_size', 'Workers that take part');
  const generations = gauge('mlip_generation', 'Generation that this worker takes part in');
  const halts = counter('mlip_halts_total', 'Generations that the coordinator has ended');
  const abandoned = counter('mlip_abandoned_steps_total', 'Steps begun and not finished');
  const reconnects = counter('mlip_reconnects_total', 'Times that the coordinator was lost and found again');
  return {
    registry,
    labels,
    renumber: (other) => void (labels.worker = String(other)),
    ...trafficCounters(make),
    step(step, count, losses) {
      steps.set(step);
      pairs.inc(count);
      setLosses(losses);
    },
    phase: (phase, seconds) => phases.observe({ phase }, seconds),
    unusableRows: (count) => unusable.set(count),
    saved: (seconds) => saves.observe(seconds),
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
