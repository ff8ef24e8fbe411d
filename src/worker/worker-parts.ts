/** What a worker keeps for as long as it lives, whichever generations it takes part in. */
import type { PeerListener } from '../collectives/listener.js';
import type { Logger } from '../core/log.js';
import type { Dataset } from '../data/dataset.js';
import type { Loader } from '../data/loader.js';
import type { Group } from '../encoders/parameter-groups.js';
import type { Engine } from '../engine/load.js';
import type { Overdue } from '../metrics/overdue.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { Access } from '../security/access.js';
import type { Checkpointer } from './checkpointer.js';
import type { GradientSum } from './gradient-sum.js';
import type { PairKnowledge } from './micro-batch-tensors.js';
import type { Passes } from './passes.js';
import type { Holding, Session, StepReport } from './session.js';
import type { StepTimeline } from './step-timeline.js';
import type { TimedStep } from './tell-timings.js';
import type { TrainingState } from './training-state.js';
import type { Whereabouts } from './whereabouts.js';

export interface WorkerParts {
  session: Session;
  listener: PeerListener;
  engine: Engine;
  dataset: Dataset;
  knowledge: PairKnowledge;
  /** Of data and knowledge: workers whose hashes differ must not train together. */
  dataHash: string;
  /** Compiled once. */
  passes: Passes;
  metrics: WorkerMetrics;
  /** Watches for steps that hang. */
  overdue: Overdue;
  checkpointer: Checkpointer;
  access: Access;
  log: Logger;
  whereabouts: Whereabouts;
  timeline: StepTimeline;
  /** Called when a step is over on this rank, also one that was abandoned. */
  stepped: (timed: TimedStep) => void;
  /** Workers of the newest generation that this one took part in. */
  world: number;
  /** That generation; undefined before the first. */
  generation?: number;
  /** Opened when it is known how many steps the run has. */
  loader?: Loader;
  /** Sums of gradients, empty between steps. */
  sums?: Record<Group, GradientSum>;
  /** None before the first generation. */
  state?: TrainingState;
  /** Of the newest step of that state, where this worker has applied it itself. */
  newestReport?: StepReport | undefined;
}

/** What a worker can say that it holds: nothing where an update was broken off. */
export function holdingOf({ state, newestReport: report }: WorkerParts): Holding | undefined {
  return state?.whole === true ? { step: state.step, report } : undefined;
}
