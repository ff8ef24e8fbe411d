/** Looks at a worker from beside it: its log goes to the coordinator, and whoever asks is told what it does and where time goes. */
import type { Logger } from '../core/log.js';
import { openTracer } from '../tracing/open-tracer.js';
import type { StepTracer } from '../tracing/step-tracer.js';
import { answerInspections } from './inspections.js';
import { LogForwarder } from './log-forwarder.js';
import type { Session } from './session.js';
import { StepTimeline } from './step-timeline.js';
import { type TimedStep, TimingsTeller } from './tell-timings.js';
import { tracedStep } from './traced-step.js';
import { Whereabouts } from './whereabouts.js';

/** For the last spans to be sent. */
const FAREWELL_MS = 2_000;

export class WorkerObserver {
  readonly whereabouts = new Whereabouts();
  readonly timeline = new StepTimeline();
  /** What is said by it goes to the coordinator too, as soon as there is one. */
  readonly log: Logger;
  private readonly forwarder = new LogForwarder();
  private session: Session | undefined;
  private teller: TimingsTeller | undefined;
  /** Null where steps are not traced. */
  private tracer: StepTracer | null = null;

  private constructor(log: Logger) {
    this.log = log.with(() => this.whereabouts.fields()).also(this.forwarder.take);
  }

  static async open(log: Logger): Promise<WorkerObserver> {
    const observer = new WorkerObserver(log);
    observer.tracer = await openTracer('worker', observer.log);
    return observer;
  }

  join(session: Session): void {
    const teller = new TimingsTeller(session);
    this.session = session;
    this.teller = teller;
    this.whereabouts.join(session);
    this.forwarder.connect(session);
    session.onAsked(({ timeSteps }) => timeSteps === null || teller.want(timeSteps));
    answerInspections(session, this.whereabouts, this.timeline);
  }

  /** A step is over on this rank. */
  readonly stepped = (timed: TimedStep): void => {
    this.teller?.stepped(timed);
    if (this.tracer !== null && this.session !== undefined) this.tracer.step(tracedStep(this.session, timed));
  };

  async close(): Promise<void> {
    await this.tracer?.close(FAREWELL_MS);
  }
}
