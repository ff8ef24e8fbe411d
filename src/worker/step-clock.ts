/** Where the time of a step goes: seconds by phase, for logs, metrics, the share of time spent waiting, and a rank's speed. */
import { StepTimeline } from './step-timeline.js';

/** In order of a step. */
export const PHASES = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update'] as const;
export type Phase = (typeof PHASES)[number];
export type PhaseSeconds = Readonly<Record<Phase, number>>;

/** Waits for decoding and for other ranks. */
export const WAITS = ['data', 'gather', 'reduce'] as const satisfies readonly Phase[];
/** What this rank computes itself. */
export const COMPUTING = ['encode', 'loss', 'backward', 'update'] as const satisfies readonly Phase[];
/** Of these, what takes the longer the more micro-batches it has; the rest every rank does alike. */
const BY_MICRO_BATCH = ['encode', 'backward'] as const satisfies readonly Phase[];

export function secondsIn(phases: PhaseSeconds, of: readonly Phase[]): number {
  return of.reduce((sum, phase) => sum + phases[phase], 0);
}

/**
 * Micro-batches per second of the time that grows with them: with the rest, a rank would look faster the more it has. The
 * phases may be those of several steps, without those in which something was compiled. Undefined where it had none.
 *
 * @param microBatches that this rank computed in those phases
 */
export function speedOf(phases: PhaseSeconds, microBatches: number): number | undefined {
  const seconds = secondsIn(phases, BY_MICRO_BATCH);
  return microBatches > 0 && seconds > 0 ? microBatches / seconds : undefined;
}

export class StepClock {
  private readonly timeline: StepTimeline;
  private seconds = new Map<Phase, number>();

  /** Notes in the timeline when each phase began. */
  constructor(timeline = new StepTimeline()) {
    this.timeline = timeline;
  }

  /** Runs `work` and counts its time, waits included, as `phase`. */
  async time<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await this.timeline.time(phase, 'phases', work);
    } finally {
      this.add(phase, performance.now() - started);
    }
  }

  add(phase: Phase, durationMs: number): void {
    this.seconds.set(phase, (this.seconds.get(phase) ?? 0) + durationMs / 1000);
  }

  /** The phases since the last call. */
  take(): Record<Phase, number> {
    const taken = Object.fromEntries(PHASES.map((phase) => [phase, this.seconds.get(phase) ?? 0]));
    this.seconds = new Map();
    return taken as Record<Phase, number>;
  }
}
