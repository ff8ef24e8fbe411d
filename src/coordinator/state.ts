/** The state of a run as the coordinator knows it: plain data, never changed in place. */
import type { Failure } from '../rpc/failure.js';
import type { TensorHeader } from '../rpc/service.js';
import type { CommitReport, Holding, Loaded, WorkerInfo } from './events.js';

/** What does not change during a run. */
export interface RunSettings {
  runId: string;
  /** Output directory, absolute. */
  out: string;
  /** Workers for which the run waits before it starts. */
  workers: number;
  /** The resolved configuration as JSON, and its hash. */
  configJson: string;
  configHash: string;
  /** B and m, rows of a step and of a micro-batch. */
  batchSize: number;
  microBatchSize: number;
  epochs: number;
  /** Steps to train; 0 means epochs x steps per epoch. */
  steps: number;
  /** Steps between checkpoints; 0 saves only at the end. */
  saveEverySteps: number;
  resume: { step: number; checkpoint: string } | null;
  /** Of the submission that the run carries out; empty where it was started by hand. */
  submission: string;
  elastic: {
    minWorkers: number;
    /** At most one for each micro-batch. */
    maxWorkers: number;
    rejoinMs: number;
    rebalanceSteps: number;
    stragglerFactor: number;
    stragglerMs: number;
  };
  maxSkippedSteps: number;
  timeouts: { joinMs: number; heartbeatMs: number; stepMs: number; dataMs: number };
}

/**
 * joining: the workers that the run starts with are missing or load. training. halting: a generation is over, its workers
 * are asked what they hold. waiting: there are too few workers. saving: the last step is applied, its checkpoint is being
 * written. aborting: the run has failed, a survivor writes a checkpoint. ended.
 */
export const PHASES = ['joining', 'training', 'halting', 'waiting', 'saving', 'aborting', 'ended'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * loading: has joined. idle: could take part. serving: takes part in the generation. halting: is to say what it holds.
 * failed: by itself, in a run that ends.
 */
export type Standing = 'loading' | 'idle' | 'serving' | 'halting' | 'failed';

export interface Pace {
  /** Micro-batches in a second of the rank's own time, waits left out; a moving average. 0 where it is not known. */
  speed: number;
  /** Since when it has been a straggler; null where it is none. */
  slowSinceMs: number | null;
  /** Whether that has been said. */
  named: boolean;
}

export const NO_PACE: Pace = { speed: 0, slowSinceMs: null, named: false };

export interface Member {
  worker: number;
  /** Its control stream. */
  connection: number;
  info: WorkerInfo;
  standing: Standing;
  /** It has asked to be let off. */
  leaving: boolean;
  /** Time of its last message. */
  seenMs: number;
  loaded: Loaded | null;
  /** The state it holds, as far as is known; null where it holds none. */
  holding: Holding | null;
  /** Its rows of the step under way have come. */
  contributed: boolean;
  /** Of the step under way; not null once this rank has applied it. */
  report: CommitReport | null;
  /** When that report came. */
  committedMs: number;
  /** Of the newest step that it has applied. */
  phaseSeconds: Readonly<Record<string, number>>;
  pace: Pace;
}

/** The time between two changes of membership. */
export interface Generation {
  number: number;
  /** Worker numbers in order of rank. */
  ranks: readonly number[];
  /** Micro-batches of rank r are boundaries[r] to boundaries[r + 1] - 1. */
  boundaries: readonly number[];
  /** Some rank has no micro-batches, only for the first step. */
  following: boolean;
  /** Who is connected to its neighbours. */
  inPlace: readonly number[];
  /** When the change began that led to it, and why. */
  changedMs: number;
  reason: string;
}

/** Why a run failed, and which worker is to blame. */
export interface Cause extends Failure {
  worker: number | null;
}

export interface RunState {
  settings: RunSettings;
  phase: Phase;
  generation: Generation;
  members: readonly Member[];
  nextWorker: number;
  /** Workers of an earlier coordinator's generation that have not joined again. */
  awaited: readonly number[];
  /** What the workers of this run load; null before the first generation. */
  loaded: Loaded | null;
  /** Whether it has been said that training starts. */
  announced: boolean;
  /** Steps applied by all ranks, which is the index of the step under way. */
  step: number;
  /** Known from the start of training: before, 0. */
  totalSteps: number;
  stepsPerEpoch: number;
  /** When the step under way began, and in which generation. */
  opened: { atMs: number; generation: number; world: number };
  /** When what the phase waits for is overdue. */
  deadlineMs: number;
  tickedMs: number;
  /** The tensors that this step's first contribution announced. */
  gathering: readonly TensorHeader[] | null;
  stopRequested: boolean;
  /** By somebody who was answered: also a coordinator that takes over stops it. */
  stopOrdered: boolean;
  /** No step begins; the one under way is finished first. */
  paused: boolean;
  /** Workers that somebody wants the run to have; null where nobody has said so since it was started. */
  wanted: number | null;
  /** Coordinators that went on with the run after one before them, and workers that were lost. */
  losses: { coordinators: number; workers: number };
  /** Generations that ended at this step although nobody was lost. */
  fruitless: number;
  /** A worker that failed by itself at this step, should another one fail alike. */
  failedHere: Cause | null;
  /** Steps in a row that were skipped. */
  skipped: number;
  /** The newest loss of a worker: why the run waits, if it does. */
  lastLoss: Cause | null;
  /** Why the run ends. */
  cause: Cause | null;
  /** The worker that was asked for a checkpoint, and has not said that it is written. */
  saver: number | null;
  /** Steps applied in that checkpoint. */
  savingStep: number;
  /** A checkpoint was asked for and lost with its writer, or was due when something else came first. */
  saveDue: boolean;
  /** A change of membership has let a checkpoint go first. */
  changePostponed: boolean;
  checkpoint: { step: number; path: string } | null;
  /** sure: it is whole, and the newest. unsure: it may not be. looking: that is being found out. */
  checkpointTrust: 'sure' | 'unsure' | 'looking';
  /** Until then whoever had the newest state may come back, before the run goes back to a checkpoint. */
  holderMissedUntilMs: number;
  /** The generation with which the run last went back; what a worker holds from before may be ahead of it. */
  rewoundIn: number;
  /** Workers whose state is not to be used, whatever they say that they hold, until they have got another one. */
  condemned: readonly number[];
  /** Of the steps that this coordinator has seen whole: moving average of their time, and the loss of the newest. */
  progress: { stepMs: number; loss: number | null };
  /** Moving average of the share of time spent waiting for data, and when that was last remarked upon. */
  dataWait: { average: number; remarkedStep: number };
}

export function isOver({ phase }: RunState): boolean {
  return phase === 'aborting' || phase === 'ended';
}

/** It has ended, or no further step follows. */
export function isEnding(state: RunState): boolean {
  return isOver(state) || state.stopRequested || (state.totalSteps > 0 && state.step >= state.totalSteps);
}

/** Nothing is under way for which a pause would have to wait. */
export function isAtRest({ phase }: RunState): boolean {
  return phase === 'joining' || phase === 'waiting';
}

/** The pause has begun: the run waits for nobody but those who paused it. */
export function isPausedNow(state: RunState): boolean {
  return state.paused && isAtRest(state);
}
