/** What of the state must survive this coordinator. */
import type { Effect } from './events.js';
import type { RunRecord } from './run-record.js';
import type { RunState } from './state.js';

export function recordOf(state: RunState): RunRecord {
  const { settings, generation, nextWorker, step, checkpoint, rewoundIn, condemned, loaded, phase } = state;
  const { paused, wanted, losses, stopOrdered } = state;
  return {
    version: 1,
    ...{ runId: settings.runId, configHash: settings.configHash, resume: settings.resume },
    ...{ generation: generation.number, nextWorker, workers: [...generation.ranks], step, checkpoint },
    ...{ rewoundIn, condemned: [...condemned], loaded },
    ...{ paused, wanted, stopOrdered, restarts: losses.coordinators, workersLost: losses.workers },
    ended: phase === 'ended',
    ...{ stopped: stoppedEarly(state), cause: state.cause, submission: settings.submission },
  };
}

/** Whether the run ends, or has ended, before its last step because somebody asked for it. */
export function stoppedEarly({ stopRequested, step, totalSteps }: RunState): boolean {
  return stopRequested && (totalSteps === 0 || step < totalSteps);
}

/** Before anybody is told: a coordinator that takes over is to know of it. */
export function persist(state: RunState): Effect {
  return { kind: 'persist', record: recordOf(state) };
}
