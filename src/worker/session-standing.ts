/**
 * Where a worker stands with its run: the generation that it serves, what it waits for, and whether the run is over. What
 * comes late, twice or out of order changes nothing: messages of an older generation than the newest one heard of are
 * ignored, and an answer to what nobody asked is too.
 */
import { MlipError } from '../core/errors.js';
import { fromFailure } from '../rpc/failure.js';
import type { CoordinatorMessageSeen } from '../rpc/service.js';
import { assignmentOf, directiveOf } from './session-messages.js';
import { Orders } from './session-orders.js';
import type { Abort, Assignment, Finish, Holding, Order } from './session-types.js';

export interface StandingEvents {
  /** A halt is to be answered, as soon as nothing is under way. */
  halted(): void;
  finished(): void;
  /** The coordinator wants this worker to go. */
  drained(): void;
}

type AssignSeen = NonNullable<CoordinatorMessageSeen['assign']>;
type DirectiveSeen = NonNullable<CoordinatorMessageSeen['directive']>;

export class Standing {
  /** Newest generation heard of, in any message. */
  heard = 0;
  /** The newest generation that this worker was told to take part in. */
  assignment: Assignment | undefined;
  holding: Holding | undefined;
  /** Nothing is under way. */
  resting = true;
  cause: MlipError | undefined;
  finish: Finish | undefined;
  /** Of a halt that has not been answered. */
  unanswered: number | undefined;
  private halted = 0;
  private assigned = 0;
  /** The newest order that the worker has got. */
  private newest: Order | undefined;
  private readonly orders = new Orders((order) => {
    this.resting = false;
    this.newest = order;
  });
  private current = new AbortController();
  private readonly ending = new AbortController();
  private lastAbort: Abort | undefined;
  private readonly abortListeners: ((abort: Abort) => void)[] = [];
  private readonly events: StandingEvents;

  constructor(events: StandingEvents) {
    this.events = events;
  }

  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** No further step follows: the run ends, or this worker's part in it. */
  get stopping(): boolean {
    const order = this.orders.kept ?? this.newest;
    return order?.kind === 'directive' && order.stop;
  }

  hear({ assign, directive, halt, abort, finish, pulse, drain }: CoordinatorMessageSeen): void {
    if (pulse) this.note(pulse.generation);
    else if (assign) this.assign(assign);
    else if (directive) this.direct(directive);
    else if (halt) this.halt(halt.generation);
    else if (abort?.cause) this.abort({ cause: fromFailure(abort.cause), save: abort.save });
    else if (finish) this.finishRun({ kind: 'finish', again: finish.again });
    else if (drain) this.events.drained();
  }

  note(generation: number): void {
    this.heard = Math.max(this.heard, generation);
  }

  rest(holding: Holding | undefined): void {
    this.holding = holding;
    this.resting = true;
  }

  /** The next order while nothing is under way. */
  next(): Promise<Order> {
    if (this.cause !== undefined) return Promise.reject(this.cause);
    // Whoever asks after the end is told so, however often.
    if (this.finish !== undefined) this.orders.give(this.finish);
    return this.orders.next(this.holding?.step ?? -1);
  }

  /** What comes after a step that has been applied. */
  afterStep({ over }: Assignment, step: number, limitMs: number): Promise<Order> {
    if (over.aborted) return Promise.reject(over.reason as MlipError);
    const timer = setTimeout(() => this.orders.reject(unanswered(step, limitMs)), limitMs);
    return this.orders.next(step + 1).finally(() => clearTimeout(timer));
  }

  /** The coordinator is lost, and with it whatever was under way. */
  lose(error: MlipError): void {
    this.orders.drop();
    this.unanswered = undefined;
    this.interrupt(error);
  }

  onAbort(callback: (abort: Abort) => void): void {
    this.abortListeners.push(callback);
    if (this.lastAbort !== undefined) callback(this.lastAbort);
  }

  abort(abort: Abort): void {
    if (this.finish !== undefined) return;
    this.lastAbort = abort;
    this.cause ??= abort.cause;
    this.end(abort.cause);
    this.orders.reject(abort.cause);
    for (const listener of this.abortListeners) listener(abort);
  }

  finishRun(finish: Finish): void {
    this.finish ??= finish;
    this.end(over('the run is over for this worker'));
    this.orders.give(finish);
    this.events.finished();
  }

  private end(reason: MlipError): void {
    this.current.abort(reason);
    this.ending.abort(reason);
  }

  private assign(assign: AssignSeen): void {
    const { generation } = assign;
    if (generation < this.heard || generation <= this.assigned) return;
    this.heard = this.assigned = generation;
    this.unanswered = undefined;
    if (!this.orders.awaited) this.current.abort(over(`generation ${generation} begins`));
    this.current = new AbortController();
    try {
      this.assignment = assignmentOf(assign, this.current.signal);
      this.orders.give(this.assignment);
    } catch (error) {
      this.abort({ cause: error as MlipError, save: false });
    }
  }

  private direct(directive: DirectiveSeen): void {
    this.orders.give(directiveOf(directive), directive.nextStep);
  }

  private halt(generation: number): void {
    if (generation < this.heard || generation <= Math.max(this.assigned, this.halted)) return;
    this.heard = this.halted = this.unanswered = generation;
    this.orders.drop();
    this.interrupt(over(`generation ${this.assigned} is over`));
    this.events.halted();
  }

  /** Ends what is under way. Who rests and waits for an order goes on waiting. */
  private interrupt(reason: MlipError): void {
    this.current.abort(reason);
    if (!this.resting) this.orders.reject(reason);
  }
}

function over(message: string): MlipError {
  return new MlipError('MLIP_E_RUN_STALE', message);
}

function unanswered(step: number, limitMs: number): MlipError {
  return new MlipError(
    'MLIP_E_RUN_TIMEOUT',
    `the coordinator did not answer within ${limitMs} ms after step ${step + 1}`,
  );
}
