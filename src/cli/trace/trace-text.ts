/** What a trace holds, in words. */
import type { TracePartSeen } from '../../rpc/service.js';
import { clocksOf, isOfWorker, type WorkerClock } from './chrome-trace.js';

export interface TraceSummary {
  file: string;
  run: string;
  /** The first and the last one, counted from 1, of those that were applied. */
  steps: { first: number; last: number; count: number };
  workers: number;
  /** Workers that have not told of a step in which they took part. */
  missing: { worker: number; step: number }[];
  clocks: WorkerClock[];
}

export function traceSummary(parts: readonly TracePartSeen[], { output }: { output: string }): TraceSummary {
  const has = ({ timings }: TracePartSeen): boolean => timings!.spans.length > 0;
  const steps = [...new Set(parts.filter(has).map(({ timings }) => timings!.step + 1))].sort((a, b) => a - b);
  const clocks = clocksOf(parts);
  const missing = parts.filter((part) => isOfWorker(part) && !has(part));
  return {
    ...{ file: output, run: parts[0].runId, workers: clocks.length, clocks },
    steps: { first: steps[0], last: steps.at(-1)!, count: steps.length },
    missing: missing.map(({ worker, timings }) => ({ worker, step: timings!.step + 1 })),
  };
}

export function describeTrace({ file, run, steps, workers, missing, clocks }: TraceSummary): string {
  return [
    `${steps.count} step(s) of run ${run}, ${steps.first} to ${steps.last}, of ${workers} worker(s): ${file}`,
    ...missing.map(({ worker, step }) => `worker ${worker} has not told of step ${step}`),
    ...clocks.map(describeClock),
    'open it at ui.perfetto.dev or chrome://tracing',
  ].join('\n');
}

function describeClock({ worker, host, aheadMs, errorMs }: WorkerClock): string {
  if (aheadMs === null || errorMs === null) return `clock of worker ${worker} on ${host}: not known, not corrected`;
  const way = aheadMs >= 0 ? 'ahead of' : 'behind';
  const size = Math.abs(aheadMs).toFixed(2);
  return `clock of worker ${worker} on ${host}: ${size} ms ${way} the coordinator’s, corrected to ${errorMs.toFixed(2)} ms`;
}
