/**
 * Steps of a run in the Trace Event Format, which Perfetto and chrome://tracing open: a process for the coordinator and for each
 * worker, whose threads hold its steps with their phases, and what goes over the network beside them.
 */
import type { TracePartSeen } from '../../rpc/service.js';
import { groupBy } from '../../core/group-by.js';
import { assignLanes, type Slice } from './lanes.js';

export interface TraceEvent {
  ph: 'X' | 'M';
  name: string;
  pid: number;
  tid: number;
  cat?: string;
  /** Microseconds. */
  ts?: number;
  dur?: number;
  args: Record<string, unknown>;
}

/** How far a worker's clock was ahead, by which its times are corrected; null where it is not known, and they are not. */
export interface WorkerClock {
  worker: number;
  host: string;
  aheadMs: number | null;
  errorMs: number | null;
}

export interface ChromeTrace {
  traceEvents: TraceEvent[];
  displayTimeUnit: 'ms';
  otherData: { run: string; begin: string; clocks: WorkerClock[]; note: string };
}

const NOTE =
  'Times of workers are corrected by the difference of their clocks to the coordinator’s, as far as heartbeats and pulses tell it (clocks: ' +
  'aheadMs, right to errorMs). What is shorter than that may seem to happen before its cause on another machine.';

export function chromeTrace(parts: readonly TracePartSeen[]): ChromeTrace {
  const clocks = clocksOf(parts);
  const ahead = new Map(clocks.map(({ worker, aheadMs }) => [worker, aheadMs ?? 0]));
  const aheadOf = ({ worker }: TracePartSeen): number => ahead.get(worker) ?? 0;
  const begins = parts.flatMap((part) => part.timings!.spans.map(({ startMs }) => startMs - aheadOf(part)));
  const beginMs = begins.reduce((a, b) => Math.min(a, b), Infinity);
  const processes = groupBy(parts, ({ worker }) => worker as number | null);
  return {
    traceEvents: [...processes].flatMap(([, own]) => processEvents(own, beginMs + aheadOf(own[0]))),
    displayTimeUnit: 'ms',
    otherData: { run: parts[0].runId, begin: new Date(beginMs).toISOString(), clocks, note: NOTE },
  };
}

/** Of each worker the best that was known while it was traced. */
export function clocksOf(parts: readonly TracePartSeen[]): WorkerClock[] {
  const workers = groupBy(parts.filter(isOfWorker), ({ worker }) => worker);
  const inOrder = [...workers].sort(([a], [b]) => a - b);
  return inOrder.map(([worker, own]) => {
    const known = own.filter(({ clockAheadMs }) => (clockAheadMs as number | null) !== null);
    known.sort((a, b) => a.clockErrorMs - b.clockErrorMs);
    const { clockAheadMs: aheadMs = null, clockErrorMs: errorMs = null } = known[0] ?? {};
    return { worker, host: own[0].host, aheadMs, errorMs };
  });
}

/** Null where it was not sent: that is the coordinator. */
export function isOfWorker({ worker }: TracePartSeen): boolean {
  return (worker as number | null) !== null;
}

/** @param beginMs of the trace, by the clock of that process */
function processEvents(own: readonly TracePartSeen[], beginMs: number): TraceEvent[] {
  const [first] = own;
  const isWorker = isOfWorker(first);
  const pid = isWorker ? first.worker + 2 : 1;
  const slices = own.flatMap((part) => slicesOf(part, beginMs));
  const tracks = groupBy(slices, ({ track }) => track);
  const lanes = [...tracks].flatMap(([track, ofTrack]) => assignLanes(track, ofTrack));
  return [
    metadata('process_name', pid, 0, { name: processName(own) }),
    metadata('process_sort_index', pid, 0, { sort_index: isWorker ? 1 + first.timings!.rank : 0 }),
    ...lanes.flatMap(({ name, slices: ofLane }, index) => [
      metadata('thread_name', pid, index + 1, { name }),
      metadata('thread_sort_index', pid, index + 1, { sort_index: index }),
      ...ofLane.map((slice) => sliceEvent(slice, pid, index + 1)),
    ]),
  ];
}

function processName(own: readonly TracePartSeen[]): string {
  const [{ worker, host, pid }] = own;
  if (!isOfWorker(own[0])) return `coordinator, pid ${pid}`;
  const ranks = [...new Set(own.map(({ timings }) => timings!.rank))];
  return `rank ${ranks.join(', then ')}: worker ${worker}, pid ${pid} on ${host}`;
}

/** The step as a whole comes first, and holds its phases whatever the rounding. */
function slicesOf({ timings }: TracePartSeen, beginMs: number): Slice[] {
  const { step, generation, abandoned, spans } = timings!;
  const args = { step: step + 1, generation, ...(abandoned ? { abandoned } : {}) };
  const slices = spans.map(({ name, track, startMs, durationMs }) => {
    const start = microseconds(startMs - beginMs);
    return { name, track, start, end: start + microseconds(Math.max(durationMs, 0)), args };
  });
  const [whole, ...others] = slices;
  if (whole === undefined) return [];
  const within = others.map((slice) => ({
    ...slice,
    start: Math.min(Math.max(slice.start, whole.start), whole.end),
    end: Math.min(Math.max(slice.end, whole.start), whole.end),
  }));
  return [{ ...whole, name: `step ${step + 1}${abandoned ? ' (abandoned)' : ''}` }, ...within];
}

/** Whole nanoseconds. */
function microseconds(ms: number): number {
  return Math.max(Math.round(ms * 1e6), 0) / 1e3;
}

function sliceEvent({ name, track, start, end, args }: Slice, pid: number, tid: number): TraceEvent {
  return { ph: 'X', name, cat: track, ts: start, dur: Math.max(microseconds((end - start) / 1e3), 0), pid, tid, args };
}

function metadata(name: string, pid: number, tid: number, args: Record<string, unknown>): TraceEvent {
  return { ph: 'M', name, pid, tid, args };
}
