/** With what a coordinator begins: a new run, or what an earlier coordinator left of one. */
import { stepsPerEpoch } from '../core/plan.js';
import type { Loaded } from './events.js';
import type { RunRecord } from './run-record.js';
import type { RunSettings, RunState } from './state.js';

/** @param record of an earlier coordinator of this run */
export function initialState(settings: RunSettings, nowMs: number, record: RunRecord | null = null): RunState {
  const { resume, timeouts } = settings;
  const fresh = freshState(settings, resume?.step ?? 0, nowMs);
  const checkpoint = resume === null ? null : { step: resume.step, path: resume.checkpoint };
  if (record === null) return { ...fresh, checkpoint, deadlineMs: nowMs + timeouts.joinMs };
  const known = {
    ...{ ...fresh, step: record.step, nextWorker: record.nextWorker, checkpoint: record.checkpoint },
    ...{ paused: record.paused, wanted: record.wanted },
    ...{ stopRequested: record.stopOrdered, stopOrdered: record.stopOrdered },
    losses: { coordinators: record.restarts + 1, workers: record.workersLost },
    ...{ checkpointTrust: 'unsure' as const, deadlineMs: nowMs + timeouts.joinMs, rewoundIn: record.rewoundIn },
    // Whoever had the newest state may have been lost a moment before, and come back.
    holderMissedUntilMs: nowMs + recoveryMs(settings),
    generation: { ...fresh.generation, number: record.generation + 1 },
    opened: { atMs: nowMs, generation: record.generation, world: record.workers.length },
  };
  const planned = withPlan({ ...known, condemned: record.condemned }, record.loaded);
  // Its workers hold the state, and look for their coordinator.
  return record.workers.length === 0 ? planned : recovering(planned, record.workers, nowMs);
}

/** What the run is about follows from what its first workers have loaded. */
export function withPlan(state: RunState, loaded: Loaded | null): RunState {
  if (loaded === null) return state;
  const { batchSize, epochs, steps } = state.settings;
  const perEpoch = stepsPerEpoch({ rows: loaded.rows, batchSize });
  return { ...state, loaded, stepsPerEpoch: perEpoch, totalSteps: steps > 0 ? steps : epochs * perEpoch };
}

function recovering(state: RunState, awaited: readonly number[], nowMs: number): RunState {
  const generation = { ...state.generation, reason: 'the coordinator has started again' };
  return { ...state, phase: 'halting', generation, awaited, deadlineMs: nowMs + recoveryMs(state.settings) };
}

function freshState(settings: RunSettings, step: number, nowMs: number): RunState {
  return {
    settings,
    phase: 'joining',
    generation: {
      ...{ number: 0, ranks: [], boundaries: [0], following: false, inPlace: [], changedMs: nowMs },
      reason: 'the run begins',
    },
    members: [],
    nextWorker: 0,
    awaited: [],
    loaded: null,
    announced: false,
    step,
    totalSteps: 0,
    stepsPerEpoch: 0,
    opened: { atMs: nowMs, generation: 0, world: 1 },
    deadlineMs: nowMs,
    tickedMs: nowMs,
    gathering: null,
    stopRequested: false,
    stopOrdered: false,
    paused: false,
    wanted: null,
    losses: { coordinators: 0, workers: 0 },
    fruitless: 0,
    failedHere: null,
    skipped: 0,
    lastLoss: null,
    cause: null,
    saver: null,
    savingStep: 0,
    saveDue: false,
    changePostponed: false,
    checkpoint: null,
    checkpointTrust: 'sure',
    holderMissedUntilMs: 0,
    rewoundIn: 0,
    condemned: [],
    progress: { stepMs: 0, loss: null },
    dataWait: { average: 0, remarkedStep: step },
  };
}

/** Workers that have lost their coordinator try several times a second to find it again. */
export function recoveryMs({ timeouts }: RunSettings): number {
  return 2_000 + 2 * timeouts.heartbeatMs;
}
