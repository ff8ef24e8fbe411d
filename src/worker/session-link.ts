/** The state of a worker's control stream: who we are, what we wait for, and whether the run has ended early. */
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { fromFailure } from '../rpc/failure.js';
import type { CoordinatorMessageSeen, WorkerMessage } from '../rpc/service.js';
import type { Access } from '../security/access.js';
import { type SessionStream, openSessionStream } from './session-stream.js';
import type { Abort } from './session-types.js';

/** Answers that a worker waits for, one at a time. */
type Answers = { [Kind in 'welcome' | 'start' | 'directive']: NonNullable<CoordinatorMessageSeen[Kind]> };

interface Pending {
  kind: keyof Answers;
  resolve: (answer: never) => void;
  reject: (error: MlipError) => void;
}

export class SessionLink {
  readonly address: string;
  readonly access: Access;
  /** Known from the coordinator's first answer. */
  rank = -1;
  world = 0;
  /** Whether the coordinator will say that the run is over. */
  expectsFinish = false;
  onHeartbeat: () => void = () => undefined;
  private readonly log: Logger;
  private readonly abortion = new AbortController();
  private readonly listeners: ((abort: Abort) => void)[] = [];
  private stream!: SessionStream;
  private pending: Pending | null = null;
  private lastAbort: Abort | null = null;
  private heart: NodeJS.Timeout | undefined;
  private finish!: () => void;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  private constructor(address: string, access: Access, log: Logger) {
    this.address = address;
    this.access = access;
    this.log = log;
  }

  static async open(address: string, connectMs: number, access: Access, log: Logger): Promise<SessionLink> {
    const link = new SessionLink(address, access, log);
    log.info(`waiting for the coordinator at ${address}, ${connectMs / 1000} s at most`);
    link.stream = await openSessionStream(address, connectMs, access, {
      message: (message) => link.hear(message),
      closed: (error) => link.over(error),
    });
    return link;
  }

  get aborted(): AbortSignal {
    return this.abortion.signal;
  }

  send(message: WorkerMessage): void {
    this.stream.send(message);
  }

  /** Sends and waits for the answer. Rejects with the cause if the run ends early. */
  ask<Kind extends keyof Answers>(kind: Kind, message: WorkerMessage): Promise<Answers[Kind]> {
    if (this.lastAbort !== null) return Promise.reject(this.lastAbort.cause);
    return new Promise((resolve, reject) => {
      this.pending = { kind, resolve, reject };
      this.send(message);
    });
  }

  onAbort(callback: (abort: Abort) => void): void {
    this.listeners.push(callback);
    if (this.lastAbort !== null) callback(this.lastAbort);
  }

  /** Waits for the end that the coordinator announces, if it will, but not for ever; then closes. */
  async close(finishMs = 0): Promise<void> {
    if (this.expectsFinish) await this.untilFinished(finishMs);
    clearInterval(this.heart);
    await this.stream.close();
  }

  private async untilFinished(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([this.finished, limit]);
    clearTimeout(timer);
  }

  private hear({ accepted, welcome, start, directive, abort, finish }: CoordinatorMessageSeen): void {
    if (accepted) this.beginHeartbeat(accepted);
    else if (welcome) this.settle('welcome', welcome);
    else if (start) this.settle('start', start);
    else if (directive) {
      this.expectsFinish = directive.stop;
      this.settle('directive', directive);
    } else if (abort?.cause) {
      this.expectsFinish = true;
      this.abort({ cause: fromFailure(abort.cause), save: abort.save });
    } else if (finish) this.finish();
  }

  private beginHeartbeat({ rank, world, heartbeatMs }: NonNullable<CoordinatorMessageSeen['accepted']>): void {
    this.rank = rank;
    this.world = world;
    this.log.info(`joined as rank ${rank} of ${world}`, { coordinator: this.address });
    this.heart = setInterval(() => {
      this.send({ heartbeat: {} });
      this.onHeartbeat();
    }, heartbeatMs);
  }

  private settle(kind: keyof Answers, answer: Answers[keyof Answers]): void {
    const { pending } = this;
    if (pending?.kind !== kind) return;
    this.pending = null;
    pending.resolve(answer as never);
  }

  private abort(abort: Abort): void {
    this.lastAbort = abort;
    this.pending?.reject(abort.cause);
    this.pending = null;
    if (!this.abortion.signal.aborted) this.abortion.abort(abort.cause);
    for (const listener of this.listeners) listener(abort);
  }

  /** The stream is over: in order after the end of the run, else the coordinator is lost. */
  private over(error: MlipError | null): void {
    clearInterval(this.heart);
    this.finish();
    const ended = this.lastAbort !== null || (error === null && this.pending === null);
    if (!ended) this.abort({ cause: error ?? endedEarly(this.address), save: this.rank === 0 });
  }
}

function endedEarly(address: string): MlipError {
  return new MlipError('MLIP_E_COORDINATOR_LOST', 'the coordinator closed the connection before the end of the run', {
    where: address,
    remedy: 'Look at the end of the coordinator’s log.',
  });
}
