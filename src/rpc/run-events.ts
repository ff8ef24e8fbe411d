/** What launchers hear of a run: the events of the Watch stream, complete and typed. */
import type { Failure } from './failure.js';
import type { WireEvent, WireEventSeen } from './service.js';

/** A line of metrics.jsonl. Besides these keys it has one for each named part of the loss (`loss_global`, ...). */
export interface MetricsLine {
  /** Steps applied, this one included. */
  step: number;
  /** Of this step's rows, from 0. */
  epoch: number;
  loss: number;
  lr: number;
  grad_norm: number;
  world: number;
  generation: number;
  pairs_per_second: number;
  /** Share of the step's time in which the average worker waited for data, 0 to 1. */
  data_wait: number;
  /** The same for waiting for other workers. */
  comm_wait: number;
  [part: string]: number;
}

/** A line of metrics.jsonl; what is not finite, as in a step that was skipped, is null there. */
export function parseMetricsLine(text: string): MetricsLine {
  return JSON.parse(text, (_, value: unknown) => (value === null ? NaN : value)) as MetricsLine;
}

/** Why a run failed. */
export interface RunFailure extends Failure {
  /** The worker that is to blame; null where none is. */
  worker: number | null;
  /** Steps applied by all ranks. */
  step: number;
  /** Newest checkpoint, to continue from; null where there is none. */
  checkpoint: string | null;
}

export type RunEvent =
  | { kind: 'joined'; worker: number; host: string; pid: number; device: string }
  | { kind: 'left'; worker: number; reason: string }
  /** It has been told to leave, or asks for it; `left` follows. */
  | { kind: 'leaving'; worker: number }
  /** All ranks of a generation are in place. `step`: steps applied; `seconds` since the change that led to it. */
  | { kind: 'generation'; generation: number; world: number; step: number; seconds: number; reason: string }
  | { kind: 'started'; runId: string; startStep: number; steps: number; world: number }
  | { kind: 'step'; line: MetricsLine }
  | { kind: 'saved'; step: number; path: string }
  /** A checkpoint could not be written; the run goes on without it. */
  | { kind: 'saveFailed'; worker: number; step: number; failure: Failure }
  /** No step is under way, and none begins; and the end of that. `step`: steps applied. */
  | { kind: 'paused'; step: number }
  | { kind: 'resumed'; step: number }
  /** The run is to have so many workers. */
  | { kind: 'scaled'; workers: number }
  | { kind: 'notice'; text: string }
  | { kind: 'failed'; failure: RunFailure }
  | { kind: 'finished'; stopped: boolean; step: number; checkpoint: string | null };

export function toWireEvent(event: RunEvent): WireEvent {
  switch (event.kind) {
    case 'step':
      return { step: { line: JSON.stringify(event.line) } };
    case 'failed': {
      const { worker, step, checkpoint, ...cause } = event.failure;
      return { failed: { cause, worker, step, checkpoint: checkpoint ?? '' } };
    }
    case 'saveFailed':
      return { saveFailed: { worker: event.worker, step: event.step, cause: event.failure } };
    case 'finished':
      return { finished: { stopped: event.stopped, step: event.step, checkpoint: event.checkpoint ?? '' } };
    default: {
      const { kind, ...body } = event;
      return { [kind]: body };
    }
  }
}

/** Null for a kind of event that this version does not know. */
export function fromWireEvent(wire: WireEventSeen): RunEvent | null {
  const { joined, left, generation, started, step, saved, saveFailed, notice, failed, finished } = wire;
  if (joined) {
    const { worker, host, pid, device } = joined;
    return { kind: 'joined', worker, host, pid, device };
  }
  if (left) return { kind: 'left', worker: left.worker, reason: left.reason };
  if (generation) {
    const { generation: number, world, step: applied, seconds, reason } = generation;
    return { kind: 'generation', generation: number, world, step: applied, seconds, reason };
  }
  if (started) {
    const { runId, startStep, steps, world } = started;
    return { kind: 'started', runId, startStep, steps, world };
  }
  if (step) return { kind: 'step', line: parseMetricsLine(step.line) };
  if (saved) return { kind: 'saved', step: saved.step, path: saved.path };
  if (saveFailed) {
    const { worker, step: applied, cause } = saveFailed;
    return { kind: 'saveFailed', worker, step: applied, failure: failureOf(cause) };
  }
  if (notice) return { kind: 'notice', text: notice.text };
  if (failed) return { kind: 'failed', failure: runFailureOf(failed) };
  if (finished) {
    return {
      kind: 'finished',
      stopped: finished.stopped,
      step: finished.step,
      checkpoint: finished.checkpoint || null,
    };
  }
  return orderedEvent(wire);
}

/** What follows from an order of somebody. */
function orderedEvent({ paused, resumed, scaled, leaving }: WireEventSeen): RunEvent | null {
  if (leaving) return { kind: 'leaving', worker: leaving.worker };
  if (paused) return { kind: 'paused', step: paused.step };
  if (resumed) return { kind: 'resumed', step: resumed.step };
  return scaled ? { kind: 'scaled', workers: scaled.workers } : null;
}

function runFailureOf(failed: NonNullable<WireEventSeen['failed']>): RunFailure {
  const { cause, worker, step, checkpoint } = failed;
  return { ...failureOf(cause), worker: worker ?? null, step, checkpoint: checkpoint || null };
}

function failureOf(cause: NonNullable<WireEventSeen['failed']>['cause']): Failure {
  const { code = '', message = '', where = '', remedy = '' } = cause ?? {};
  return { code, message, where, remedy };
}
