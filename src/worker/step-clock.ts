/** Where the time of a step goes: seconds by phase, for logs, metrics and the share of time spent waiting. */

/** In order of a step. `gather` and `reduce` are waits for other ranks, `data` is the wait for decoding. */
export const PHASES = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update'] as const;
export type Phase = (typeof PHASES)[number];

export class StepClock {
  private seconds = new Map<Phase, number>();

  /** Runs `work` and counts its time, waits included, as `phase`. */
  async time<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
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
