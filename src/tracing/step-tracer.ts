/** Steps of a run as traces of OpenTelemetry: one trace is one step, whose spans come from the coordinator and from every rank. */

export interface TracedSpan {
  name: string;
  /** Since 1970. */
  startMs: number;
  durationMs: number;
}

export interface TracedStep {
  runId: string;
  /** 0-based. */
  step: number;
  generation: number;
  abandoned: boolean;
  /** The rank and the worker whose part in the step that is; null for the coordinator's. */
  rank: { rank: number; worker: number } | null;
  /** The whole, then what is within it. */
  spans: readonly TracedSpan[];
}

export interface StepTracer {
  step(traced: TracedStep): void;
  /** Sends what is still unsent, within `limitMs`. */
  close(limitMs: number): Promise<void>;
}
