/** What goes into the state machine of a run (events) and what comes out (effects). No clock, no network. */
import type { Failure } from '../rpc/failure.js';
import type { MetricsLine, RunEvent, RunFailure } from '../rpc/run-events.js';
import type { CoordinatorMessage, TensorHeader } from '../rpc/service.js';

/** What a worker says of itself when it joins. */
export interface WorkerInfo {
  protocol: number;
  version: string;
  /** Where other workers reach it. */
  host: string;
  port: number;
  pid: number;
  device: string;
}

/** What every rank must say the same when it has loaded. */
export interface Loaded {
  /** Training rows. */
  rows: number;
  dataHash: string;
  parametersHash: string;
}

export interface StepReport {
  /** Values of the global batch by name, the same on every rank. */
  whole: Readonly<Record<string, number>>;
  learningRate: number;
  gradNorm: number;
  dataWaitSeconds: number;
  commWaitSeconds: number;
}

/** `step`, in all of them, is the 0-based index of the step under way: the number of steps applied before it. */
export interface Place {
  rank: number;
  generation: number;
  step: number;
}

export type CoordinatorEvent = { nowMs: number } & (
  | { kind: 'join'; connection: number; worker: WorkerInfo }
  | ({ kind: 'loaded'; rank: number } & Loaded)
  | { kind: 'heartbeat'; rank: number }
  | ({ kind: 'contribution'; tensors: readonly TensorHeader[] } & Place)
  | ({ kind: 'commit'; report: StepReport } & Place)
  /** `step`: steps applied in the checkpoint. */
  | { kind: 'saved'; rank: number; step: number; path: string }
  | { kind: 'failed'; rank: number; failure: Failure; secondary: boolean; stateIntact: boolean }
  /** A worker's control stream ended or broke. */
  | { kind: 'closed'; rank: number }
  /** Someone asked the run to end after the step under way. */
  | { kind: 'stop' }
  /** The coordinator itself cannot go on: its disk is full, say. */
  | { kind: 'broken'; failure: Failure }
  /** Time has passed. Comes several times between two heartbeats. */
  | { kind: 'tick' }
);

/** How a run ended. `step` counts applied steps. */
export type RunOutcome =
  { kind: 'finished' | 'stopped'; step: number; checkpoint: string | null } | ({ kind: 'failed' } & RunFailure);

export type Effect =
  | { kind: 'accept'; connection: number; rank: number }
  | { kind: 'refuse'; connection: number; failure: Failure }
  | { kind: 'send'; rank: number; message: CoordinatorMessage }
  /** All ranks have contributed: each gets the whole. */
  | { kind: 'release'; step: number }
  | { kind: 'refuseContribution'; rank: number; failure: Failure }
  /** Append to metrics.jsonl. */
  | { kind: 'record'; line: MetricsLine }
  | { kind: 'announce'; event: RunEvent }
  /** Close the control stream of a worker that is given up. */
  | { kind: 'drop'; rank: number }
  | { kind: 'end'; outcome: RunOutcome };
