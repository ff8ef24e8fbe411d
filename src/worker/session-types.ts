/** What a worker and its coordinator say to each other, as the rest of the worker sees it. */
import type { Config } from '../config/schema.js';
import type { MlipError } from '../core/errors.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';

/** Where another worker listens. */
export interface Peer {
  rank: number;
  host: string;
  port: number;
}

export interface ReadyReport {
  /** Training rows of the manifest. */
  rows: number;
  /** All ranks must have the same hashes. */
  dataHash: string;
  parametersHash: string;
}

export interface Start {
  /** Steps applied before the first one, which is also its 0-based index. */
  startStep: number;
  /** Steps of the whole run. Nothing is left to do where `startStep` is not below it. */
  steps: number;
}

export interface StepReport {
  /** Values of the global batch by the names of metrics.jsonl, the same on every rank; `loss` among them. */
  whole: Record<string, number>;
  learningRate: number;
  gradNorm: number;
  /** Seconds of the step in which this rank waited for data, and for other ranks. */
  dataWaitSeconds: number;
  commWaitSeconds: number;
}

export interface Directive {
  nextStep: number;
  /** This rank writes a checkpoint of the state as it is now, then calls `saved`. */
  save: boolean;
  /** There is no further step: save if asked, then `close`. */
  stop: boolean;
}

/** The run ends early. */
export interface Abort {
  /** The first cause, as the coordinator names it. */
  cause: MlipError;
  /** This rank writes a checkpoint of its state, then calls `saved`. */
  save: boolean;
}

export interface FailDetails {
  /** Steps applied. */
  step: number;
  /** The failure may be the consequence of another rank's, as when a peer's connection closes. */
  secondary?: boolean;
  /** Parameters and optimiser state are those of a whole number of steps. */
  stateIntact?: boolean;
}

/** A worker's part in a run. `step` is the 0-based index of the step under way. */
export interface Session {
  readonly rank: number;
  readonly world: number;
  readonly generation: number;
  readonly runId: string;
  readonly config: Config;
  /** Output directory of the run. */
  readonly out: string;
  /** In order of rank, this worker included. */
  readonly peers: readonly Peer[];
  /** The checkpoint from which the run goes on; null where it starts from the beginning. */
  readonly resume: { step: number; checkpoint: string } | null;
  /** Aborted, with the cause as its reason, when the run ends early or the coordinator is lost. */
  readonly aborted: AbortSignal;
  /** Data and parameters are loaded. Resolves when all ranks are ready. */
  ready(report: ReadyReport): Promise<Start>;
  /** This rank's rows in, [rows, width]; those of all ranks out, [B, width] by name, in order of micro-batches. */
  gather(step: number, tensors: readonly GatherTensor[]): Promise<Map<string, Float32Array>>;
  /** The step is applied here. Resolves when it is applied everywhere. */
  commit(step: number, report: StepReport): Promise<Directive>;
  /** A checkpoint is written. `step` counts the steps applied in it. */
  saved(step: number, path: string): void;
  /** This rank cannot go on. The run aborts; a secondary failure first waits for a primary one of another rank. */
  fail(error: unknown, details: FailDetails): void;
  /**
   * Called when the run ends early, and at once if it has. May be called again with `save` if the rank that was to save
   * is lost. If the coordinator is lost, rank 0 saves.
   */
  onAbort(callback: (abort: Abort) => void): void;
  /** Counts heartbeats and bytes. */
  observe(metrics: Pick<WorkerMetrics, 'heartbeat' | 'bytesSent'>): void;
  /** Leaves the run; after its end, a stop or a failure not before the coordinator has said that it is over. */
  close(): Promise<void>;
}
