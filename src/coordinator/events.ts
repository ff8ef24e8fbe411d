/** What goes into the state machine of a run (events) and what comes out (effects). No clock, no network. */
import type { Failure } from '../rpc/failure.js';
import type { MetricsLine, RunEvent, RunFailure } from '../rpc/run-events.js';
import type { CoordinatorMessage, TensorHeader } from '../rpc/service.js';
import type { RunRecord } from './run-record.js';

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

/** What a worker says when it has lost its coordinator and found one again. */
export interface Rejoin {
  runId: string;
  worker: number;
  /** The newest that it has heard of. */
  generation: number;
  loaded: Loaded | null;
  holding: Holding | null;
}

/** What every worker must say the same when it has loaded. */
export interface Loaded {
  /** Training rows. */
  rows: number;
  dataHash: string;
}

/** The newest checkpoint that is whole. */
export interface FoundCheckpoint {
  /** Steps applied. */
  step: number;
  path: string;
  /** The newest of them is in metrics.jsonl and the ledger, though the coordinator did not know of it. */
  recorded: boolean;
}

/** The state that a worker holds. */
export interface Holding {
  /** Steps applied. */
  step: number;
  /** Of the newest of them; null where the worker has copied the state. */
  report: StepReport | null;
}

/** What came out of a step, the same on every rank. */
export interface StepReport {
  /** Values of the global batch by name. */
  losses: Readonly<Record<string, number>>;
  learningRate: number;
  gradNorm: number;
  account: StepAccount | null;
  /** Null where the step was applied; else it changed nothing. */
  skipped: { reason: string; rows: readonly number[] } | null;
}

/** Who computed what. */
export interface StepAccount {
  /** Rows of the training set in order of the batch, [B]. */
  rows: readonly number[];
  /** The rank that computed each micro-batch, [B / m]. */
  ranks: readonly number[];
}

/** What a rank says of a step. */
export interface CommitReport extends StepReport {
  /** Of this rank, by phase. */
  phaseSeconds: Readonly<Record<string, number>>;
  /** Of its state after the step; empty where it was not asked for. */
  stateHash: string;
}

/** Where a rank's time went in a step. */
export interface RankTimes {
  rank: number;
  worker: number;
  host: string;
  /** That it computed. */
  microBatches: number;
  phaseSeconds: Readonly<Record<string, number>>;
}

/** `step`, in all of them, is the 0-based index of the step under way: the number of steps applied before it. */
export interface Place {
  generation: number;
  step: number;
}

export type CoordinatorEvent = { nowMs: number } & (
  | { kind: 'join'; connection: number; info: WorkerInfo; rejoin: Rejoin | null }
  /** A rank's rows have come. Its worker is whoever has that rank in the generation. */
  | ({ kind: 'contribution'; rank: number; tensors: readonly TensorHeader[] } & Place)
  | WorkerEvent
  /** The answer to `findCheckpoint`. */
  | { kind: 'checkpointFound'; checkpoint: FoundCheckpoint | null }
  /** Someone asked the run to end after the step under way. */
  | { kind: 'stop' }
  /** A command from outside, which is answered under that number. */
  | { kind: 'order'; request: number; order: RunOrder }
  /** The coordinator itself cannot go on: its disk is full, say. */
  | { kind: 'broken'; failure: Failure }
  /** Time has passed. Comes several times between two heartbeats. */
  | { kind: 'tick' }
);

/** What people ask of a run. */
export type RunOrder =
  | { kind: 'stop' | 'pause' | 'resume' }
  /** `generation` is that of whoever asks. `force`: also where the run cannot go on without the worker. */
  | { kind: 'drain'; worker: number; generation: number; force: boolean }
  /** `lets`: whether the coordinator lets workers go that are too many; else who started them does. */
  | { kind: 'scale'; workers: number; lets: 'go' | 'stay' };

/** What becomes of an order. */
export interface OrderAnswer {
  /** False where there was nothing to change. */
  changed: boolean;
  text: string;
}

/** What comes over a worker's control stream. */
export type WorkerEvent = { worker: number } & (
  | ({ kind: 'loaded' } & Loaded)
  | { kind: 'heartbeat' }
  | ({ kind: 'commit'; report: CommitReport } & Place)
  | { kind: 'halted'; generation: number; holding: Holding | null }
  | { kind: 'inPlace'; generation: number }
  | { kind: 'leave' }
  /** `step`: steps applied in the checkpoint. */
  | { kind: 'saved'; step: number; path: string }
  /** A checkpoint could not be written, and its worker goes on. */
  | { kind: 'saveFailed'; step: number; failure: Failure }
  | ({ kind: 'failed' } & WorkerFailure)
  /** The stream ended or broke. A worker that has connected again has another one. */
  | { kind: 'closed'; connection: number }
);

export interface WorkerFailure {
  failure: Failure;
  generation: number;
  /** Only the consequence of what happened elsewhere: the worker can go on. */
  secondary: boolean;
  stateIntact: boolean;
  /** The rank that a secondary failure blames. */
  blamed: number | null;
}

/** How a run ended. `step` counts applied steps. */
export type RunOutcome =
  { kind: 'finished' | 'stopped'; step: number; checkpoint: string | null } | ({ kind: 'failed' } & RunFailure);

export type Effect =
  | { kind: 'accept'; connection: number; worker: number }
  | { kind: 'refuse'; connection: number; failure: Failure }
  | { kind: 'send'; worker: number; message: CoordinatorMessage }
  /** Must be durable before any effect after it. */
  | { kind: 'persist'; record: RunRecord }
  /** All ranks have contributed: each gets the whole. */
  | { kind: 'release' }
  | { kind: 'refuseContribution'; rank: number; failure: Failure }
  /** The step is abandoned: nobody waits for its gather. */
  | { kind: 'abandonGather'; failure: Failure }
  /** Append to metrics.jsonl, ledger.jsonl and ranks.jsonl. `ranks`: none where their times are not known. */
  | { kind: 'record'; line: MetricsLine; account: StepAccount | null; ranks: readonly RankTimes[] }
  /** Go back: take the lines after that many steps out of these files. */
  | { kind: 'rewind'; step: number }
  /** The newest step of a checkpoint, which nobody else can tell of any more. */
  | { kind: 'recordSaved'; checkpoint: { step: number; path: string } }
  /** Look for the newest checkpoint that is whole; the answer is an event. */
  | { kind: 'findCheckpoint' }
  | { kind: 'announce'; event: RunEvent }
  /** To whoever has given an order. */
  | { kind: 'answer'; request: number; answer: OrderAnswer | Failure }
  /** Close the control stream of a worker that is given up. */
  | { kind: 'drop'; worker: number; failure: Failure }
  | { kind: 'end'; outcome: RunOutcome };
