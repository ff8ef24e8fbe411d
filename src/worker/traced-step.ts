/** A step of a rank as spans. */
import { wallClock } from '../core/wall-clock.js';
import type { TracedStep } from '../tracing/step-tracer.js';
import type { Session } from './session.js';
import type { TimedStep } from './tell-timings.js';

export function tracedStep({ runId, worker }: Pick<Session, 'runId' | 'worker'>, timed: TimedStep): TracedStep {
  const { step, generation, rank, abandoned, spans } = timed;
  return {
    ...{ runId, step, generation, abandoned, rank: { rank, worker } },
    spans: spans.map(({ name, startMs, durationMs }) => ({ name, durationMs, startMs: wallClock.unixMs(startMs) })),
  };
}
