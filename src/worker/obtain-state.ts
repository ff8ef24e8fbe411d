/** Where a worker gets the state from with which a generation begins: it holds it, loads it, or copies it from a peer. */
import { MlipError } from '../core/errors.js';
import { startingState } from './saved-state.js';
import type { Assignment } from './session.js';
import { copyState } from './state-transfer.js';
import { disposeState, uploadState, type HostState, type TrainingState } from './training-state.js';
import type { WorkerParts } from './worker-parts.js';

/** What the worker held before is given up only for a state that is complete. */
export async function obtainState(
  parts: WorkerParts,
  assignment: Assignment,
  signal: AbortSignal,
): Promise<TrainingState> {
  const { source, step } = assignment;
  switch (source.kind) {
    case 'keep':
      return requireHeld(parts, step);
    case 'load':
      return replaceState(parts, await load(parts, source.checkpoint), step);
    case 'copy':
      return replaceState(parts, await copyState(parts, assignment, source.rank, signal), step);
  }
}

function requireHeld({ state }: WorkerParts, step: number): TrainingState {
  if (state?.whole === true && state.step === step) return state;
  const held = state === undefined ? 'no state' : `that after step ${state.step}`;
  throw new MlipError(
    'MLIP_E_RUN_MISMATCH',
    `the state after step ${step} is asked for, but this worker holds ${held}`,
  );
}

function load({ session, dataset, log }: WorkerParts, checkpoint: string): Promise<HostState> {
  return startingState(session.config, checkpoint, dataset.vocabulary, log);
}

function replaceState(parts: WorkerParts, host: HostState, step: number): TrainingState {
  const before = parts.state;
  const state = uploadState(host, parts.session.config, step);
  parts.state = state;
  parts.newestReport = undefined;
  if (before !== undefined) disposeState(before);
  return state;
}
