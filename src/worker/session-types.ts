/** What a worker and its coordinator say to each other, as the rest of the worker sees it. */
import type { Config } from '../config/schema.js';
import type { MlipError } from '../core/errors.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { CoordinatorMessageSeen, WorkerMessage } from '../rpc/service.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';

/** A worker of a generation, and where it listens. */
export interface Peer {
  worker: number;
  rank: number;
  host: string;
  port: number;
}

export interface ReadyReport {
  /** Training rows of the manifest. */
  rows: number;
  /** All workers must have the same. */
  dataHash: string;
}

/** Where a rank gets the state from with which a generation begins. */
export type StateSource = { kind: 'keep' } | { kind: 'copy'; rank: number } | { kind: 'load'; checkpoint: string };

/** A worker's part in a generation. */
export interface Assignment {
  kind: 'assign';
  generation: number;
  rank: number;
  /** In order of rank, this worker included. */
  peers: readonly Peer[];
  /** Micro-batches of rank r are boundaries[r] to boundaries[r + 1] - 1. */
  boundaries: readonly number[];
  /** The first step of the generation, and steps of the whole run. */
  step: number;
  steps: number;
  source: StateSource;
  /** Aborted when the generation is over before this worker is told what comes next. */
  over: AbortSignal;
}

/** What comes after a step in the same generation. */
export interface Directive {
  kind: 'directive';
  /** This worker writes a checkpoint of its state as it is now, then calls `saved`. */
  save: boolean;
  /** No step follows in this generation. */
  stop: boolean;
  /** From the next step on; empty where micro-batches stay with whom they are. */
  boundaries: readonly number[];
}

/** The run is over for this worker. */
export interface Finish {
  kind: 'finish';
  /** It has not ended: the worker should be started again. */
  again: boolean;
}

export type Order = Assignment | Directive | Finish;

/** What came out of a step: the same on every rank. */
export interface StepReport {
  /** Values of the global batch by the names of metrics.jsonl; `loss` among them. */
  losses: Record<string, number>;
  learningRate: number;
  gradNorm: number;
  /** Rows of the training set in order of the batch, [B], and the rank that computed each micro-batch, [B / m]. */
  rows: number[];
  ranks: number[];
  /** Why the step changed nothing, and the rows that are to blame; empty where it was applied. */
  skipped: string;
  skippedRows: number[];
}

/** What this rank alone says of a step. */
export interface OwnReport {
  phaseSeconds: Record<string, number>;
  /** Of the state after the step; empty where nobody wants to compare. */
  stateHash: string;
}

/** The state that a worker holds. */
export interface Holding {
  /** Steps applied. */
  step: number;
  /** Of the newest of them; undefined where the worker has applied none itself. */
  report: StepReport | undefined;
}

/** The run ends early. */
export interface Abort {
  /** The first cause, as the coordinator names it. */
  cause: MlipError;
  /** This worker writes a checkpoint of its state, then calls `saved`. */
  save: boolean;
  /**
   * No coordinator is left to say who saves: all that hold a state do, one after the other, unless it is saved by then. Place of
   * this worker among them; undefined where the coordinator has said it.
   */
  turn?: number;
}

export interface FailDetails {
  /** Steps applied. */
  step: number;
  /** Parameters and optimiser state are those of a whole number of steps. */
  stateIntact: boolean;
}

export interface BlameDetails extends FailDetails {
  /** The rank that seems to be the reason; undefined where none does. */
  blamed: number | undefined;
}

/** What a worker says beside the run. */
export type Remark = Pick<WorkerMessage, 'logs' | 'timings' | 'inspected'>;

/** What a coordinator asks of a worker beside the run. */
export type Asked = Pick<CoordinatorMessageSeen, 'timeSteps' | 'inspect'>;

/** What of a worker's metrics its session counts. */
export type SessionMetrics = Pick<WorkerMetrics, 'heartbeat' | 'sent' | 'received' | 'halt' | 'reconnect' | 'renumber'>;

/**
 * A worker's part in a run. `step` is the 0-based index of the step under way.
 *
 * What is asked of the coordinator rejects when the generation is over (`Assignment.over`) or the run ends early. A
 * coordinator that is lost ends the generation; it, or another one, is found again while `next` waits.
 */
export interface Session {
  /** This worker's number. */
  readonly worker: number;
  readonly runId: string;
  readonly config: Config;
  /** Output directory of the run. */
  readonly out: string;
  /** The checkpoint whose vocabulary the run keeps; empty where it started from the beginning. */
  readonly checkpoint: string;
  /** Aborted when the run is over for this worker: by the coordinator's word, or since none is found any more. */
  readonly ended: AbortSignal;
  /** Why the run ended early. */
  readonly cause: MlipError | undefined;
  /** The coordinator's last word, once it has been said. */
  readonly finish: Finish | undefined;
  /** This worker has asked to be let off. */
  readonly leaving: boolean;

  /** Data and engine are loaded and warm. */
  ready(report: ReadyReport): void;
  /** Nothing is under way any more; what this worker holds. Answers a halt, and lets a lost coordinator be looked for. */
  rest(holding: Holding | undefined): void;
  /** What to do next, while nothing is under way. The coordinator keeps the deadline; that it lives, its pulse says. */
  next(): Promise<Order>;
  /** The state is here and the neighbours are connected. */
  inPlace(assignment: Assignment): void;
  /** This rank's rows in, [rows, width]; those of all ranks out, [B, width] by name, in order of micro-batches. */
  gather(assignment: Assignment, step: number, tensors: readonly GatherTensor[]): Promise<Map<string, Float32Array>>;
  /** The step is applied here. Resolves when it is applied everywhere. */
  commit(assignment: Assignment, step: number, report: StepReport, own: OwnReport): Promise<Order>;
  /** A checkpoint is written. `step` counts the steps applied in it. */
  saved(step: number, path: string): void;
  /** A checkpoint could not be written; training goes on. `step` as in `saved`. */
  saveFailed(step: number, error: unknown): void;
  /** This worker cannot go on; it takes no part any more. */
  fail(error: unknown, details: FailDetails): void;
  /** The generation cannot go on because of others; a halt follows. */
  blame(assignment: Assignment, error: unknown, details: BlameDetails): void;
  /** Asks to be let off at the end of the step; goes at once where it is not even ready. */
  leave(): void;
  /** Goes without having been let off, unless it has been told that no step follows: then it may have to save. */
  abandon(): void;
  /**
   * Called when the run ends early, and at once if it has. May be called again with `save` if the worker that was to save
   * is lost. If no coordinator is found any more, all workers of the generation are to, in order of number.
   */
  onAbort(callback: (abort: Abort) => void): void;
  /** The coordinator wants this worker to go, as if it had been told to. */
  onDrain(callback: () => void): void;
  observe(metrics: SessionMetrics): void;
  /** Says something beside the run; false where no coordinator hears it. */
  remark(remark: Remark): boolean;
  /** Called when the coordinator asks for something beside the run. */
  onAsked(callback: (asked: Asked) => void): void;
  /** Called before the session closes: what is to be said at last. */
  onClosing(callback: () => void): void;
  /** Leaves the run; after a failure not before the coordinator has said that it is over. */
  close(): Promise<void>;
}
