/** Of the coordinator: what a run could go on from, and how often it had to. */
import type { Instruments } from './instruments.js';

export interface RecoveryFacts {
  /** Steps between checkpoints; 0 saves only at the end. */
  saveEverySteps: number;
  /** Steps in the newest checkpoint; 0 where there is none. */
  savedStep: number;
  /** An earlier coordinator began this run. */
  continued: boolean;
}

/** What was begun again: the run by another coordinator, training from a checkpoint, the ring of workers. */
export const RESTARTS = ['coordinator', 'checkpoint', 'generation'] as const;

export interface RecoveryMetrics {
  restarted(of: (typeof RESTARTS)[number]): void;
  /** A checkpoint is written. */
  saved(step: number): void;
  /** A checkpoint could not be written. */
  saveFailed(): void;
}

export function recoveryMetrics({ gauge, counter }: Instruments, facts: RecoveryFacts): RecoveryMetrics {
  const restarts = counter('mlip_restarts_total', 'Times that a run was begun again', 'of');
  const steps = gauge('mlip_checkpoint_step', 'Steps in the newest checkpoint; 0 where there is none');
  const written = gauge(
    'mlip_checkpoint_timestamp_seconds',
    'When the newest checkpoint was written; before the first one, when this coordinator began',
  );
  const interval = gauge('mlip_checkpoint_interval_steps', 'Steps between checkpoints; 0 saves only at the end');
  const failures = counter('mlip_checkpoint_failures_total', 'Checkpoints that could not be written');
  const note = (step: number): void => {
    steps.set(step);
    written.setToCurrentTime();
  };
  for (const of of RESTARTS) restarts.inc({ of }, of === 'coordinator' && facts.continued ? 1 : 0);
  interval.set(facts.saveEverySteps);
  note(facts.savedStep);
  return {
    restarted: (of) => restarts.inc({ of }),
    saved: note,
    saveFailed: () => failures.inc(),
  };
}
