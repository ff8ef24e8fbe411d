/** Around the state machine of one run: workers' connections, the gather, watchers, files and metrics. */
import { hasCode, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { wallClock } from '../core/wall-clock.js';
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import { type Failure, toFailure } from '../rpc/failure.js';
import type { RunEvent } from '../rpc/run-events.js';
import type { RunStatusSent } from '../rpc/service.js';
import { Chronicle, type ChronicleParts } from './chronicle.js';
import { Connections } from './connections.js';
import type { EventPublisher } from './event-publisher.js';
import type { Effect, FoundCheckpoint, OrderAnswer, RunOrder, RunOutcome } from './events.js';
import { GatherStore } from './gather-store.js';
import { contributionFault } from './gathering.js';
import type { EventSansTime } from './incoming.js';
import type { RunLog } from './logs/run-log.js';
import { Observer } from './observer.js';
import { OrderDesk } from './order-desk.js';
import type { RecordKeeper } from './record-keeper.js';
import type { RunDirectory } from './run-directory.js';
import type { RunRecord } from './run-record.js';
import { type Runner, createRunner } from './runner.js';
import { claimFault } from './session-claim.js';
import { initialState } from './initial-state.js';
import { serving } from './members.js';
import { recordOf } from './record-of.js';
import type { StepTracer } from '../tracing/step-tracer.js';
import type { RunSettings } from './state.js';
import { standOf, statusOf } from './status.js';

export interface ShellParts {
  settings: RunSettings;
  metrics: CoordinatorMetrics;
  /** Of an earlier coordinator of this run. */
  record: RunRecord | null;
  keeper: RecordKeeper;
  /** The newest checkpoint of the run that is whole. */
  findCheckpoint(): Promise<FoundCheckpoint | null>;
  /** Where what happens is told to those who come later; null where there is no store. */
  publisher: EventPublisher | null;
  /** Records the newest step of a checkpoint, as far as the checkpoint tells. */
  recordSaved(checkpoint: { step: number; path: string }): Promise<unknown>;
  /** A checkpoint of that step is written. */
  onSaved: (step: number) => void;
  log: Logger;
  runLog: RunLog;
  /** Null where steps are not traced. */
  tracer: StepTracer | null;
}

export class Shell {
  readonly ended: Promise<RunOutcome>;
  readonly metrics: CoordinatorMetrics;
  readonly connections: Connections;
  readonly gathers: GatherStore;
  readonly chronicle: Chronicle;
  readonly observer: Observer;
  private readonly orders = new OrderDesk((event) => this.dispatch(event));
  private readonly parts: ShellParts;
  private readonly runner: Runner;
  private address = '';
  /** The newest generation that is recorded: nobody is told of a later one. */
  private durable = 0;
  private persisting: Promise<void> = Promise.resolve();
  /** Before the directory is open; null from then on. */
  private early: EventSansTime[] | null = [];
  private end!: (outcome: RunOutcome) => void;
  private depose!: (cause: unknown) => void;

  constructor(parts: ShellParts) {
    this.parts = parts;
    const { settings, record, keeper } = parts;
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.depose = reject;
    });
    this.metrics = parts.metrics;
    this.runner = createRunner({
      initial: initialState(settings, performance.now(), record),
      carryOut: (effect) => this.carryOut(effect),
      onFault: (error) => this.depose(error),
      mayCommand: () => keeper.holds(),
    });
    this.chronicle = new Chronicle({
      ...{ runId: settings.runId, metrics: parts.metrics, publisher: parts.publisher, log: parts.log },
      describe: () => (keeper.holds() ? this.describe() : null),
      broken: (failure) => this.dispatch({ kind: 'broken', failure }),
    });
    this.observer = new Observer({
      ...{ out: settings.out, runLog: parts.runLog, tracer: parts.tracer, state: () => this.runner.state() },
      timeSteps: (worker, timeSteps) => this.connections.send(worker, { timeSteps }),
      inspect: (worker, request) => this.connections.send(worker, { inspect: { request } }),
      // Nothing is said for a run that another coordinator leads.
      notice: (text) => void (keeper.holds() && this.chronicle.announce({ kind: 'notice', text })),
    });
    this.connections = new Connections((event) => this.dispatch(event), this.observer.hears);
    this.gathers = new GatherStore({
      batchSize: settings.batchSize,
      fault: (place, tensors, claim) => {
        const state = this.runner.state();
        return claimFault(state, this.connections, claim, place) ?? contributionFault(state, { ...place, tensors });
      },
      complete: (place, tensors) => this.dispatch({ kind: 'contribution', ...place, tensors }),
      sent: (rank, bytes) => this.metrics.sent('gather', rank, bytes),
      received: (rank, bytes) => this.metrics.received('gather', rank, bytes),
    });
  }

  /** From now on workers reach this coordinator at that address. What they have said before waits until then. */
  async open(address: string, directory: RunDirectory): Promise<void> {
    this.address = address;
    this.chronicle.open(directory);
    // Should this process die before it has any workers, the next one leads the same run.
    await this.persist(recordOf(this.runner.state()));
    const early = this.early ?? [];
    this.early = null;
    for (const event of early) this.dispatch(event);
  }

  dispatch(event: EventSansTime): void {
    if (this.early !== null) return void this.early.push(event);
    this.observer.seesEvent(event);
    this.runner.dispatch(event);
    this.metrics.state(standOf(this.runner.state()));
    if (event.kind === 'heartbeat') this.metrics.heartbeat(event.worker);
  }

  /** Tells workers that this coordinator lives: in `turns` turns all of them. */
  pulse(turn: number, turns: number): void {
    if (!this.parts.keeper.holds()) return;
    this.connections.sendInTurn({ pulse: { generation: this.durable, sentMs: wallClock.unixMs() } }, turn, turns);
  }

  /** Somebody else commands from now on, or nobody: says and does nothing any more. */
  stopCommanding(cause: unknown): void {
    this.runner.stop();
    this.chronicle.flush();
    this.orders.close(cause);
    this.depose(cause);
  }

  status(): RunStatusSent {
    return statusOf(this.runner.state(), performance.now());
  }

  get hasEnded(): boolean {
    return this.runner.state().phase === 'ended';
  }

  /** Resolves to what has become of the order. */
  obey(order: RunOrder): Promise<OrderAnswer | Failure> {
    return this.orders.give(order);
  }

  private carryOut(effect: Effect): void | Promise<void> {
    this.observer.seesEffect(effect);
    switch (effect.kind) {
      case 'accept':
        return this.connections.accept(effect.connection, effect.worker);
      case 'refuse':
        return this.connections.refuse(effect.connection, effect.failure);
      case 'send':
        return this.connections.send(effect.worker, effect.message);
      case 'drop':
        return this.connections.drop(effect.worker, effect.failure);
      case 'persist':
        return this.persist(effect.record);
      case 'release':
        return this.gathers.release();
      case 'refuseContribution':
        return this.gathers.refuse(effect.rank, effect.failure);
      case 'abandonGather':
        return this.gathers.abandon(effect.failure);
      case 'findCheckpoint':
        return this.findCheckpoint();
      case 'announce':
        return this.announce(effect.event);
      case 'answer':
        return this.orders.answer(effect.request, effect.answer);
      case 'end':
        this.gathers.abandon(effect.outcome.kind === 'failed' ? effect.outcome : RUN_OVER);
        this.chronicle.flush();
        return this.end(effect.outcome);
      default:
        return this.writeDown(effect);
    }
  }

  private writeDown(effect: Effect & { kind: 'record' | 'recordSaved' | 'rewind' }): void | Promise<void> {
    switch (effect.kind) {
      case 'record':
        return this.record(effect);
      case 'recordSaved':
        return this.recordSaved(effect.checkpoint);
      case 'rewind':
        this.metrics.restarted('checkpoint');
        return this.chronicle.rewind(effect.step);
    }
  }

  /** One after the other: each replaces what the one before has written. */
  private persist(record: RunRecord): Promise<void> {
    this.persisting = this.persisting.then(() => this.save(record));
    return this.persisting;
  }

  private async save(record: RunRecord): Promise<void> {
    try {
      await this.parts.keeper.save(record);
      this.durable = record.generation;
    } catch (error) {
      if (hasCode(error, 'MLIP_E_LEASE_LOST')) this.stopCommanding(error);
      else this.dispatch({ kind: 'broken', failure: toFailure(error) });
    }
  }

  private async recordSaved(checkpoint: { step: number; path: string }): Promise<void> {
    await this.parts.recordSaved(checkpoint).catch((error: unknown) => {
      this.parts.log.warn('the newest step is not recorded', { step: checkpoint.step, reason: messageOf(error) });
    });
  }

  private record({ line, account, ranks }: Effect & { kind: 'record' }): void {
    const state = this.runner.state();
    for (const { worker, pace } of serving(state)) this.metrics.pace(worker, pace.speed, pace.named);
    this.metrics.planned(state.totalSteps);
    this.chronicle.record(line, account, ranks);
  }

  private findCheckpoint(): void {
    const found = (checkpoint: FoundCheckpoint | null): void => this.dispatch({ kind: 'checkpointFound', checkpoint });
    this.parts.findCheckpoint().then(found, (error: unknown) => {
      this.dispatch({ kind: 'broken', failure: toFailure(error) });
    });
  }

  private announce(event: RunEvent): void {
    this.chronicle.announce(event);
    if (event.kind === 'saved') this.parts.onSaved(event.step);
  }

  private describe(): ReturnType<ChronicleParts['describe']> {
    const { members, loaded } = this.runner.state();
    const workers = members.map(({ worker, info: { pid, device } }) => ({ worker, pid, device }));
    const coordinator = { address: this.address, pid: process.pid };
    return { runId: this.parts.settings.runId, rows: loaded?.rows ?? null, coordinator, workers };
  }
}

const RUN_OVER: Failure = { code: 'MLIP_E_RUN_CLOSED', message: 'the run is over', where: '', remedy: '' };
