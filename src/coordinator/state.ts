/** The state of a run as the coordinator knows it: plain data, never changed in place. */
import type { Failure } from '../rpc/failure.js';
import type { TensorHeader } from '../rpc/service.js';
import type { Effect, Loaded, StepReport, WorkerInfo } from './events.js';

/** What does not change during a run. */
export interface RunSettings {
  runId: string;
  /** Output directory, absolute. */
  out: string;
  /** Workers of the run. */
  world: number;
  /** The resolved configuration as JSON. */
  configJson: string;
  /** B and m, rows of a step and of a micro-batch. */
  batchSize: number;
  microBatchSize: number;
  epochs: number;
  /** Steps to train; 0 means epochs x steps per epoch. */
  steps: number;
  /** Steps between checkpoints; 0 saves only at the end. */
  saveEverySteps: number;
  resume: { step: number; checkpoint: string } | null;
  timeouts: { joinMs: number; heartbeatMs: number; stepMs: number; dataMs: number };
}

/**
 * joining: workers are missing. loading: all are there, some still load. training. saving: the last step is applied, its
 * checkpoint is being written. aborting: the run has failed, a survivor writes a checkpoint. ended.
 */
export type Phase = 'joining' | 'loading' | 'training' | 'saving' | 'aborting' | 'ended';

/** serving: takes part. stranded: lost a peer, its own state is whole. failed: by itself. lost: its stream is closed. */
export type Standing = 'serving' | 'stranded' | 'failed' | 'lost';

export interface Member {
  rank: number;
  worker: WorkerInfo;
  standing: Standing;
  /** Its parameters and optimiser state are those of a whole number of steps. */
  stateIntact: boolean;
  /** Time of its last message. */
  seenMs: number;
  loaded: Loaded | null;
  /** Whether its rows of the step under way have come. */
  contributed: boolean;
  /** Of the step under way; not null once this rank has applied it. */
  report: StepReport | null;
  /** When that report came. */
  committedMs: number;
}

/** Why a run failed, and which rank is to blame. */
export interface Cause extends Failure {
  rank: number | null;
}

export interface RunState {
  settings: RunSettings;
  phase: Phase;
  generation: number;
  members: readonly Member[];
  /** Steps applied by all ranks, which is the index of the step under way. */
  step: number;
  /** Known from the start of training: before, 0. */
  totalSteps: number;
  stepsPerEpoch: number;
  /** When the step under way began. */
  openedMs: number;
  /** When what the phase waits for is overdue. */
  deadlineMs: number;
  tickedMs: number;
  /** The tensors that this step's first contribution announced. */
  gathering: readonly TensorHeader[] | null;
  stopRequested: boolean;
  /** A secondary failure whose primary one may still show itself until then. */
  suspicion: { cause: Cause; untilMs: number } | null;
  cause: Cause | null;
  /** The rank that was asked for a checkpoint after a failure. */
  saver: number | null;
  checkpoint: { step: number; path: string } | null;
  /** Moving average of the share of time spent waiting for data, and when that was last remarked upon. */
  dataWait: { average: number; remarkedStep: number };
}

export function initialState(settings: RunSettings, nowMs: number): RunState {
  const { resume } = settings;
  const step = resume?.step ?? 0;
  return {
    settings,
    phase: 'joining',
    generation: 1,
    members: [],
    step,
    totalSteps: 0,
    stepsPerEpoch: 0,
    openedMs: nowMs,
    deadlineMs: nowMs + settings.timeouts.joinMs,
    tickedMs: nowMs,
    gathering: null,
    stopRequested: false,
    suspicion: null,
    cause: null,
    saver: null,
    checkpoint: resume === null ? null : { step: resume.step, path: resume.checkpoint },
    dataWait: { average: 0, remarkedStep: step },
  };
}

export interface Transition {
  state: RunState;
  effects: Effect[];
}

export function stay(state: RunState, ...effects: Effect[]): Transition {
  return { state, effects };
}

/** Goes on from a transition, keeping its effects. */
export function chain(first: Transition, next: (state: RunState) => Transition): Transition {
  const { state, effects } = next(first.state);
  return { state, effects: [...first.effects, ...effects] };
}

export function withMember(state: RunState, rank: number, change: Partial<Member>): RunState {
  return {
    ...state,
    members: state.members.map((member) => (member.rank === rank ? { ...member, ...change } : member)),
  };
}

/** Members whose control stream is open. */
export function present(state: RunState): Member[] {
  return state.members.filter((member) => member.standing !== 'lost');
}
