/** Prometheus metrics of a run, as its coordinator counts them. */
import { Registry } from 'prom-client';
import { instrumentsOf } from './instruments.js';
import { type MemberMetrics, memberMetrics } from './member-metrics.js';
import { type RecoveryFacts, type RecoveryMetrics, recoveryMetrics } from './recovery-metrics.js';
import { type Traffic, trafficCounters } from './traffic.js';
import { type TrainingFacts, type TrainingMetrics, trainingMetrics } from './training-metrics.js';

export interface RunFacts extends TrainingFacts, RecoveryFacts {
  runId: string;
  /** All that a run can be in. */
  states: readonly string[];
}

export interface CoordinatorMetrics extends TrainingMetrics, MemberMetrics, RecoveryMetrics, Traffic {
  registry: Registry;
  labels: { run: string };
  /** The run is in this state now. */
  state(state: string): void;
}

export function createCoordinatorMetrics(facts: RunFacts): CoordinatorMetrics {
  const registry = new Registry();
  const make = instrumentsOf(registry);
  const states = make.gauge('mlip_run_state', '1 for the state that the run is in, 0 for the others', 'state');
  return {
    registry,
    labels: { run: facts.runId },
    ...trainingMetrics(make, facts),
    ...memberMetrics(make),
    ...recoveryMetrics(make, facts),
    ...trafficCounters(make),
    state(now) {
      for (const state of facts.states) states.set({ state }, state === now ? 1 : 0);
    },
  };
}
