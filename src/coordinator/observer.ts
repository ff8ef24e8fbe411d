/** Looks at a run from beside it: its log, where the time of its steps goes, and how far the clocks of its workers differ. */
import { wallClock } from '../core/wall-clock.js';
import type { LogFields } from '../core/log.js';
import type { StepTimingsSeen, TracePart, WorkerMessageSeen } from '../rpc/service.js';
import type { Effect } from './events.js';
import type { EventSansTime } from './incoming.js';
import { LogFeed } from './logs/log-feed.js';
import type { RunLog } from './logs/run-log.js';
import { memberOf } from './members.js';
import type { StepTracer } from '../tracing/step-tracer.js';
import type { RunState } from './state.js';
import { type ClockOffset, ClockOffsets } from './tracing/clock-offsets.js';
import { type InspectedMember, Inspections } from './tracing/inspections.js';
import { StepTimes } from './tracing/step-times.js';
import { TraceFeed } from './tracing/trace-feed.js';

export interface Observed {
  out: string;
  runLog: RunLog;
  /** Null where steps are not traced. */
  tracer: StepTracer | null;
  state(): RunState;
  /** Ask a worker something beside the run. */
  timeSteps(worker: number, steps: { firstStep: number; endStep: number }): void;
  inspect(worker: number, request: number): void;
  /** Tells people something that concerns the run. */
  notice(text: string): void;
}

/** More spans than a worker sends are none of a worker of ours. */
const MOST_SPANS = 256;

function areTimes({ spans }: StepTimingsSeen): boolean {
  const isTime = (ms: number): boolean => Number.isFinite(ms) && ms >= 0;
  return spans.length <= MOST_SPANS && spans.every(({ startMs, durationMs }) => isTime(startMs) && isTime(durationMs));
}

export class Observer {
  readonly logs: LogFeed;
  readonly traces: TraceFeed;
  readonly inspections: Inspections;
  private readonly run: Observed;
  private readonly clocks: ClockOffsets;
  private readonly times: StepTimes;
  /** Workers of the generation whose steps are timed. */
  private ranks: readonly number[] = [];

  constructor(run: Observed) {
    this.run = run;
    this.logs = new LogFeed(run.out);
    this.clocks = new ClockOffsets((worker, offset) => this.run.notice(this.skewText(worker, offset)));
    this.times = new StepTimes((timings) => this.stepped(timings));
    this.inspections = new Inspections({
      members: () => this.members(),
      ask: (worker, request) => run.inspect(worker, request),
      about: () => ({ phase: run.state().phase, ...this.whereabouts() }),
    });
    this.traces = new TraceFeed({
      step: () => run.state().step,
      ranks: () => this.ranks,
      ask: (steps) => this.askForTimings(steps),
      about: (worker) => this.about(worker),
    });
  }

  /** Where the run is, for each line of its log. */
  whereabouts(): LogFields {
    const { step, generation } = this.run.state();
    return { step: step + 1, generation: generation.number };
  }

  /** What a worker says beside the run; false for what belongs to it. */
  readonly hears = (worker: number, { logs, timings, heartbeat, inspected }: WorkerMessageSeen): boolean => {
    if (heartbeat !== null) this.clocks.hear(worker, heartbeat, wallClock.unixMs());
    if (logs !== null) this.run.runLog.ofWorker(worker, logs);
    if (timings !== null && areTimes(timings)) this.traces.ofWorker(worker, timings);
    if (inspected !== null) this.inspections.ofWorker(worker, inspected);
    return logs !== null || timings !== null || inspected !== null;
  };

  /** Before the run heeds an event. */
  seesEvent(event: EventSansTime): void {
    if (event.kind === 'contribution') this.times.contributed();
    if (event.kind === 'failed') this.logFailure(event);
  }

  /** Before an effect is carried out. */
  seesEffect(effect: Effect): void {
    if (effect.kind === 'release') this.times.released();
    if (effect.kind === 'record') this.times.applied();
    if (effect.kind !== 'announce') return;
    const { event } = effect;
    if (event.kind === 'left') this.clocks.forget(event.worker);
    if (event.kind === 'started' || event.kind === 'generation') this.beginGeneration();
  }

  /** @param hasEnded the run has, not only this coordinator */
  close(hasEnded: boolean): void {
    this.traces.close();
    this.inspections.close();
    this.logs.end(hasEnded);
  }

  private stepped(timings: StepTimingsSeen): void {
    const { step, generation, abandoned, spans } = timings;
    const { runId } = this.run.state().settings;
    this.run.tracer?.step({ runId, step, generation, abandoned, spans, rank: null });
    this.traces.stepped(timings);
  }

  private members(): InspectedMember[] {
    return this.run.state().members.map(({ worker, info }) => ({ worker, host: info.host }));
  }

  private beginGeneration(): void {
    const { step, generation } = this.run.state();
    this.ranks = generation.ranks;
    this.times.begin(step, generation.number);
    this.traces.generationBegins();
  }

  private askForTimings({ firstStep, endStep }: Parameters<Observed['timeSteps']>[1]): void {
    for (const worker of this.ranks) this.run.timeSteps(worker, { firstStep, endStep });
  }

  private about(worker: number | null): Omit<TracePart, 'timings'> {
    const { settings } = this.run.state();
    const { runId } = settings;
    if (worker === null) return { runId, host: '', pid: process.pid };
    const { host = '', pid = 0 } = memberOf(this.run.state(), worker)?.info ?? {};
    const offset = this.clocks.of(worker);
    const clock = offset === null ? {} : { clockAheadMs: offset.aheadMs, clockErrorMs: offset.errorMs };
    return { runId, worker, host, pid, ...clock };
  }

  private skewText(worker: number, { aheadMs }: ClockOffset): string {
    const host = memberOf(this.run.state(), worker)?.info.host ?? 'its machine';
    const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
    const way = aheadMs > 0 ? 'ahead of' : 'behind';
    return (
      `the clock of worker ${worker} on ${host} is ${seconds} s ${way} the coordinator’s: times in its log lines are as far off; ` +
      'let NTP set the clocks of all machines'
    );
  }

  private logFailure({ worker, failure, secondary }: EventSansTime & { kind: 'failed' }): void {
    const rank = this.run.state().generation.ranks.indexOf(worker);
    const place = { ...(rank < 0 ? {} : { rank }), ...this.whereabouts() };
    this.run.runLog.workerFailed(worker, failure, secondary, place);
  }
}
