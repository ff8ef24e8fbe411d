/** A session, once a coordinator has welcomed the worker. When that is lost, it is looked for as soon as nothing is under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { toFailure } from '../rpc/failure.js';
import type { CoordinatorMessageSeen } from '../rpc/service.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';
import type { Access } from '../security/access.js';
import type { FindCoordinator } from './coordinator-search.js';
import type { Connection, Join } from './session-connection.js';
import { MARGIN_MS, gatherOver } from './session-gather.js';
import { SessionLink } from './session-link.js';
import { wireHolding, wireReport } from './session-messages.js';
import { rejoin } from './session-rejoin.js';
import { Standing } from './session-standing.js';
import type * as types from './session-types.js';

export interface MemberOptions {
  find: FindCoordinator;
  access: Access;
  join: Join;
  config: Config;
  log: Logger;
}

/** Of the grace period: the rest is for saving and for ending the process. */
const SHARE_FOR_THE_SEARCH = 0.2;

export class MemberSession implements types.Session {
  worker: number;
  readonly runId: string;
  readonly config: Config;
  readonly out: string;
  readonly checkpoint: string;
  leaving = false;
  private readonly options: MemberOptions;
  private readonly standing: Standing;
  private readonly link: SessionLink;
  private metrics: types.SessionMetrics | undefined;
  private readyReport: types.ReadyReport | undefined;
  /** It takes no part any more: a coordinator that is lost need not be found again. */
  private departing = false;
  /** Whether the coordinator that is being asked has been told that this worker is ready. */
  private readyTold = false;
  private readonly closing: (() => void)[] = [];
  private readonly asked: ((asked: types.Asked) => void)[] = [];
  /** Called when the coordinator wants this worker to go; before anybody listens it is asked for at once. */
  private drained: () => void = () => this.leave();
  private hurrying: NodeJS.Timeout | undefined;
  private markGone!: () => void;
  /** Resolves when nothing more can come from the coordinator. */
  private readonly gone = new Promise<void>((resolve) => (this.markGone = resolve));

  constructor(options: MemberOptions, connection: Connection) {
    this.options = options;
    this.config = options.config;
    const { worker, runId, out, checkpoint, generation } = connection.welcome;
    this.worker = worker;
    this.runId = runId;
    this.out = out;
    this.checkpoint = checkpoint;
    this.standing = new Standing({
      halted: () => this.halted(),
      finished: () => this.markGone(),
      drained: () => this.drained(),
    });
    this.standing.note(generation);
    this.link = new SessionLink({
      message: (message) => this.hear(message),
      beat: () => this.metrics?.heartbeat(),
      lost: (error) => this.lost(error),
      found: (found) => this.goOn(found),
      gaveUp: (error) => this.giveUp(error),
    });
    this.link.attach(connection);
  }

  get ended(): AbortSignal {
    return this.standing.ended;
  }

  get cause(): MlipError | undefined {
    return this.standing.cause;
  }

  get finish(): types.Finish | undefined {
    return this.standing.finish;
  }

  ready({ rows, dataHash }: types.ReadyReport): void {
    this.readyReport = { rows, dataHash };
    this.link.send({ ready: this.readyReport });
  }

  rest(holding: types.Holding | undefined): void {
    this.standing.rest(holding);
    this.answerHalt();
    void this.search();
  }

  next(): Promise<types.Order> {
    return this.standing.next();
  }

  inPlace({ generation }: types.Assignment): void {
    this.link.send({ inPlace: { generation } });
  }

  async gather(assignment: types.Assignment, step: number, tensors: readonly GatherTensor[]) {
    this.metrics?.sent('gather', 'coordinator', byteLength(tensors));
    const whole = await gatherOver(this.link.connection, this.config, { assignment, step, tensors });
    this.metrics?.received('gather', 'coordinator', byteLength([...whole.values()].map((data) => ({ data }))));
    return whole;
  }

  commit(assignment: types.Assignment, step: number, report: types.StepReport, own: types.OwnReport) {
    const { generation, rank } = assignment;
    const { stepMs, dataMs } = this.config.timeouts;
    const answer = this.standing.afterStep(assignment, step, stepMs + dataMs + MARGIN_MS);
    this.link.send({ commit: { step, generation, report: wireReport(report, rank === 0), ...own } });
    return answer;
  }

  saved(step: number, path: string): void {
    this.link.send({ saved: { step, path } });
  }

  saveFailed(step: number, error: unknown): void {
    this.link.send({ saveFailed: { step, failure: toFailure(error) } });
  }

  /** What the coordinator itself gave as the reason is no news to it. */
  fail(error: unknown, { step, stateIntact }: types.FailDetails): void {
    if (this.cause !== undefined && error === this.cause) return;
    this.departing = true;
    const generation = this.standing.heard;
    this.link.send({ failed: { failure: toFailure(error), step, secondary: false, stateIntact, generation } });
    if (this.link.connection === undefined) this.goUnheard();
  }

  blame({ generation }: types.Assignment, error: unknown, { step, stateIntact, blamed }: types.BlameDetails): void {
    const failure = toFailure(error);
    this.link.send({ failed: { failure, step, secondary: true, stateIntact, generation, blamed: blamed ?? null } });
  }

  leave(): void {
    this.leaving = true;
    // Who has not loaded yet has nothing to hand over.
    if (this.readyReport === undefined) this.abandon();
    else this.link.send({ leave: {} });
    this.hurry();
  }

  abandon(): void {
    if (this.standing.stopping) return;
    if (this.link.connection === undefined || this.link.silent) this.giveUp(lostWhileLeaving());
    else this.goUnheard();
  }

  onAbort(callback: (abort: types.Abort) => void): void {
    this.standing.onAbort(callback);
  }

  onDrain(callback: () => void): void {
    this.drained = callback;
  }

  observe(metrics: types.SessionMetrics): void {
    this.metrics = metrics;
  }

  remark(remark: types.Remark): boolean {
    return this.link.send(remark);
  }

  onAsked(callback: (asked: types.Asked) => void): void {
    this.asked.push(callback);
  }

  onClosing(callback: () => void): void {
    this.closing.push(callback);
  }

  async close(): Promise<void> {
    await Promise.race([this.gone, sleep(this.config.timeouts.stepMs + MARGIN_MS, undefined, { ref: false })]);
    // Whoever still waits or searches does so in vain.
    if (!this.ended.aborted) this.goUnheard();
    this.departing = true;
    clearTimeout(this.hurrying);
    for (const callback of this.closing) callback();
    await this.link.close();
  }

  private hear(message: CoordinatorMessageSeen): void {
    if (message.timeSteps !== null || message.inspect !== null) for (const callback of this.asked) callback(message);
    else this.standing.hear(message);
  }

  private halted(): void {
    this.metrics?.halt();
    this.answerHalt();
  }

  private answerHalt(): void {
    const { unanswered: generation, resting, holding } = this.standing;
    if (!resting || generation === undefined) return;
    this.standing.unanswered = undefined;
    this.link.send({ halted: { generation, holding: wireHolding(holding) } });
  }

  private lost(error: MlipError): void {
    if (this.ended.aborted) return this.markGone();
    if (this.departing) return this.goUnheard();
    this.options.log.warn(`${error.message}; looking for it`, { where: error.where });
    this.standing.lose(error);
    this.hurry();
    if (this.standing.resting) void this.search();
  }

  /** Ends without the coordinator's last word. */
  private goUnheard(): void {
    this.standing.finishRun({ kind: 'finish', again: false });
  }

  private async search(): Promise<void> {
    if (this.departing || this.ended.aborted) return;
    const { find, access, config } = this.options;
    const { runId, standing, ended: signal } = this;
    const { reconnectMs } = config.timeouts;
    const join = (): Join => this.joinAgain();
    const generation = (): number => standing.heard;
    await this.link.restore(() => rejoin({ find, access, join, runId, generation, reconnectMs, signal }));
  }

  private joinAgain(): Join {
    const { heard: generation, holding } = this.standing;
    const { runId, worker, readyReport: ready = null } = this;
    this.readyTold = ready !== null;
    return { ...this.options.join, rejoin: { runId, worker, generation, ready, holding: wireHolding(holding) } };
  }

  /** With a coordinator that was found; what was to be said meanwhile is said now. */
  private goOn(connection: Connection): void {
    if (this.ended.aborted) return connection.cut();
    const { address: coordinator, welcome } = connection;
    this.options.log.info('found the coordinator again', { coordinator, generation: welcome.generation });
    this.metrics?.reconnect();
    // A coordinator that did not know of it may have given its number away.
    this.worker = welcome.worker;
    this.metrics?.renumber(welcome.worker);
    this.standing.note(welcome.generation);
    this.link.attach(connection);
    if (this.readyReport !== undefined && !this.readyTold) this.ready(this.readyReport);
    if (this.leaving) this.leave();
  }

  /** Whoever holds anything saves it, in order of number: it may be the only one that is left. */
  private giveUp(cause: MlipError): void {
    if (this.ended.aborted) return;
    const { peers = [] } = this.standing.assignment ?? {};
    this.standing.abort({ cause, save: true, turn: peers.filter(({ worker }) => worker < this.worker).length });
    this.markGone();
  }

  /** Who is told to go cannot wait long for a coordinator that is lost. */
  private hurry(): void {
    clearTimeout(this.hurrying);
    if (!this.leaving || this.link.connection !== undefined) return;
    const limitMs = this.config.elastic.graceMs * SHARE_FOR_THE_SEARCH;
    this.hurrying = setTimeout(() => this.link.connection ?? this.giveUp(lostWhileLeaving()), limitMs);
  }
}

function byteLength(tensors: readonly Pick<GatherTensor, 'data'>[]): number {
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
}

function lostWhileLeaving(): MlipError {
  return new MlipError('MLIP_E_COORDINATOR_LOST', 'the worker was told to go while its coordinator was lost');
}
