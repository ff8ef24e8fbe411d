/** Around the state machine of one run: workers' connections, the gather, watchers, files and metrics. */
import type { Logger } from '../core/log.js';
import { createCoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import { type Failure, toFailure } from '../rpc/failure.js';
import type { MetricsLine, RunEvent } from '../rpc/run-events.js';
import type { RunStatus } from '../rpc/service.js';
import { Connections } from './connections.js';
import { EventFeed } from './event-feed.js';
import type { Effect, RunOutcome } from './events.js';
import { GatherStore } from './gather-store.js';
import type { EventSansTime } from './incoming.js';
import { logEvent } from './log-events.js';
import type { RunDirectory } from './run-directory.js';
import { type Runner, createRunner } from './runner.js';
import { type RunSettings, present } from './state.js';
import { statusOf } from './status.js';
import { contributionFault } from './training.js';

export class Shell {
  readonly ended: Promise<RunOutcome>;
  readonly metrics;
  readonly connections: Connections;
  readonly gathers: GatherStore;
  readonly feed = new EventFeed();
  private readonly settings: RunSettings;
  private readonly log: Logger;
  private readonly runner: Runner;
  private address = '';
  private directory!: RunDirectory;
  private end!: (outcome: RunOutcome) => void;

  constructor(settings: RunSettings, log: Logger) {
    this.settings = settings;
    this.log = log;
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.metrics = createCoordinatorMetrics(settings.runId);
    this.runner = createRunner(settings, (effect) => this.carryOut(effect));
    this.connections = new Connections((event) => this.dispatch(event));
    this.gathers = new GatherStore({
      batchSize: settings.batchSize,
      fault: (place, tensors) => contributionFault(this.runner.state(), place, tensors),
      complete: ({ rank, generation, step }, tensors) =>
        this.dispatch({ kind: 'contribution', rank, generation, step, tensors }),
      bytesSent: (count) => this.metrics.bytesSent(count),
    });
  }

  /** From now on workers reach this coordinator at that address. No event comes before. */
  open(address: string, directory: RunDirectory): void {
    this.address = address;
    this.directory = directory;
    this.writing(() => this.describe());
  }

  dispatch(event: EventSansTime): void {
    this.runner.dispatch(event);
    if (event.kind === 'heartbeat') this.metrics.heartbeat(event.rank);
    if (event.kind === 'join' || event.kind === 'closed') this.metrics.world(present(this.runner.state()).length);
  }

  status(): RunStatus {
    return statusOf(this.runner.state(), performance.now());
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'accept':
        return this.connections.accept(effect.connection, effect.rank);
      case 'refuse':
        return this.connections.refuse(effect.connection, effect.failure);
      case 'send':
        return this.connections.send(effect.rank, effect.message);
      case 'drop':
        return this.connections.drop(effect.rank, GIVEN_UP);
      case 'release':
        return this.gathers.release();
      case 'refuseContribution':
        return this.gathers.refuse(effect.rank, effect.failure);
      case 'record':
        return this.record(effect.line);
      case 'announce':
        return this.announce(effect.event);
      case 'end':
        this.gathers.abandon(effect.outcome.kind === 'failed' ? effect.outcome : RUN_OVER);
        return this.end(effect.outcome);
    }
  }

  private record(line: MetricsLine): void {
    const { batchSize } = this.settings;
    const losses = Object.entries(line).filter(([name]) => name.startsWith('loss'));
    this.metrics.step(line.step, batchSize, batchSize / line.pairs_per_second, Object.fromEntries(losses));
    this.writing(() => this.directory.record(line));
  }

  private announce(event: RunEvent): void {
    this.feed.announce(event);
    logEvent(this.log, event);
    if (event.kind === 'joined') this.writing(() => this.describe());
  }

  private describe(): void {
    const { members } = this.runner.state();
    const workers = members.map(({ rank, worker: { pid, device } }) => ({ rank, pid, device }));
    const coordinator = { address: this.address, pid: process.pid };
    this.directory.describe({ runId: this.settings.runId, coordinator, workers });
  }

  /** A full disk ends the run, but not before the workers' state is saved. */
  private writing(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.dispatch({ kind: 'broken', failure: toFailure(error) });
    }
  }
}

const GIVEN_UP: Failure = {
  code: 'MLIP_E_WORKER_LOST',
  message: 'the coordinator gave this worker up, as it was silent for too long',
  where: '',
  remedy: 'Look for what stopped the process, or raise timeouts.heartbeatMs.',
};

const RUN_OVER: Failure = { code: 'MLIP_E_RUN_CLOSED', message: 'the run is over', where: '', remedy: '' };
