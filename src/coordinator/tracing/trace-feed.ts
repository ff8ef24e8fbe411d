/** Answers `Trace`: asks the workers for the timings of the next steps, and passes on what they and the coordinator itself have measured. */
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { toStatus } from '../../rpc/failure.js';
import type { StepTimingsSeen, StepTimingsSent, TracePart, TraceRequestSeen } from '../../rpc/service.js';

export type TraceCall = Pick<
  ServerWritableStream<TraceRequestSeen, TracePart>,
  'request' | 'write' | 'end' | 'emit' | 'on' | 'writableLength'
>;

/** What the feed needs to know of the run. */
export interface TracedRun {
  /** Index of the step under way. */
  step(): number;
  /** Workers of the generation. */
  ranks(): readonly number[];
  /** Asks the workers of the generation for the timings of these steps. */
  ask(steps: Steps): void;
  /** Who that is, where, and how far its clock is off; the coordinator where it is null. */
  about(worker: number | null): Omit<TracePart, 'timings'>;
}

const MOST_STEPS = 1_000;
const MOST_MS = 600_000;
/** For timings that are still on their way when the last step is applied. */
const REST_MS = 5_000;
/** Somebody who does not read. */
const MOST_BEHIND = 50_000;

/** 0-based. */
interface Steps {
  firstStep: number;
  endStep: number;
}

export class TraceFeed {
  private readonly run: TracedRun;
  private readonly open = new Set<Collection>();

  constructor(run: TracedRun) {
    this.run = run;
  }

  receive(call: TraceCall): void {
    const steps = Math.min(Math.max(call.request.steps, 1), MOST_STEPS);
    const firstStep = this.run.step();
    const over = (): boolean => this.open.delete(collection);
    const collection: Collection = new Collection(this.run, call, { firstStep, endStep: firstStep + steps }, over);
    this.open.add(collection);
    this.run.ask(collection);
    collection.endAfter(Math.min(call.request.timeoutMs, MOST_MS));
  }

  /** Workers that are new are asked too. */
  generationBegins(): void {
    for (const collection of this.open) this.run.ask(collection);
  }

  /** The coordinator's own. */
  stepped(timings: StepTimingsSeen): void {
    for (const collection of this.open) collection.stepped(timings);
  }

  ofWorker(worker: number, timings: StepTimingsSeen): void {
    for (const collection of this.open) collection.ofWorker(worker, timings);
  }

  close(): void {
    for (const collection of this.open) collection.end();
  }
}

class Collection {
  readonly firstStep: number;
  readonly endStep: number;
  private readonly run: TracedRun;
  private readonly call: TraceCall;
  /** False where it was over already. */
  private readonly over: () => boolean;
  /** Whose timings of an applied step have not come. */
  private readonly missing = new Map<number, Set<number>>();
  /** Those that came before the coordinator knew that the step is applied everywhere. */
  private readonly early = new Map<number, Set<number>>();
  private applied = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(run: TracedRun, call: TraceCall, steps: Steps, over: () => boolean) {
    this.run = run;
    this.call = call;
    this.firstStep = steps.firstStep;
    this.endStep = steps.endStep;
    this.over = over;
    for (const ending of ['cancelled', 'close', 'error'] as const) call.on(ending, () => this.leave());
  }

  endAfter(limitMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), limitMs);
  }

  stepped(timings: StepTimingsSeen): void {
    const { step } = timings;
    if (!this.isWanted(step)) return;
    this.pass(null, timings);
    if (timings.abandoned) return void this.early.delete(step);
    const came = this.early.get(step);
    this.missing.set(step, new Set(this.run.ranks().filter((worker) => came?.has(worker) !== true)));
    this.applied += 1;
    if (step === this.endStep - 1) this.endAfter(REST_MS);
    this.endIfWhole();
  }

  ofWorker(worker: number, timings: StepTimingsSeen): void {
    const { step, abandoned } = timings;
    if (!this.isWanted(step)) return;
    this.pass(worker, timings);
    if (abandoned) return;
    const missing = this.missing.get(step);
    if (missing === undefined) this.early.set(step, (this.early.get(step) ?? new Set()).add(worker));
    else missing.delete(worker);
    this.endIfWhole();
  }

  end(): void {
    if (!this.leave()) return;
    for (const [step, workers] of this.missing) for (const worker of workers) this.pass(worker, { step });
    this.call.end();
  }

  private isWanted(step: number): boolean {
    return step >= this.firstStep && step < this.endStep;
  }

  private pass(worker: number | null, timings: StepTimingsSent): void {
    this.call.write({ timings, ...this.run.about(worker) });
    if (this.call.writableLength < MOST_BEHIND) return;
    this.leave();
    this.call.emit('error', { ...toStatus(TOO_SLOW), code: status.RESOURCE_EXHAUSTED });
  }

  private endIfWhole(): void {
    const whole = this.applied === this.endStep - this.firstStep;
    if (whole && [...this.missing.values()].every(({ size }) => size === 0)) this.end();
  }

  private leave(): boolean {
    clearTimeout(this.timer);
    return this.over();
  }
}

const TOO_SLOW = {
  code: 'MLIP_E_RPC_TOO_LARGE',
  message: `somebody who traces is ${MOST_BEHIND} messages behind`,
  where: '',
  remedy: 'Trace fewer steps.',
};
