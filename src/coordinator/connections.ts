/** The control streams of workers: messages in become events, effects become messages out. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type Failure, toStatus } from '../rpc/failure.js';
import type { CoordinatorMessage, WorkerMessageSeen } from '../rpc/service.js';
import type { SessionClaim } from '../rpc/tensor-stream.js';
import { SessionSecret } from '../security/session-secret.js';
import { type EventSansTime, eventOf, joinOf } from './incoming.js';

export type SessionCall = Pick<
  ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>,
  'on' | 'write' | 'end' | 'emit'
>;

/** Hears what workers say beside the run, of which its state machine knows nothing. Returns whether it was that. */
export type Aside = (worker: number, message: WorkerMessageSeen) => boolean;

interface Connection {
  call: SessionCall;
  /** Its number; null before it has joined. */
  worker: number | null;
  readonly secret: SessionSecret;
}

export class Connections {
  private readonly open = new Map<number, Connection>();
  private readonly members = new Map<number, Connection>();
  private readonly dispatch: (event: EventSansTime) => void;
  private readonly aside: Aside;
  private next = 0;

  constructor(dispatch: (event: EventSansTime) => void, aside: Aside = () => false) {
    this.dispatch = dispatch;
    this.aside = aside;
  }

  /** Takes a worker's call. */
  receive(call: SessionCall): void {
    const id = this.next++;
    const connection: Connection = { call, worker: null, secret: new SessionSecret() };
    this.open.set(id, connection);
    call.on('data', (message: WorkerMessageSeen) => this.hear(id, connection, message));
    const leave = (): void => this.forget(id);
    for (const ending of ['end', 'cancelled', 'error', 'close'] as const) call.on(ending, leave);
  }

  private hear(id: number, { call, worker }: Connection, message: WorkerMessageSeen): void {
    if (worker !== null && this.aside(worker, message)) return;
    const event = worker === null ? joinOf(id, message) : eventOf(worker, message);
    if (event !== null) this.dispatch(event);
    else endWith(call, UNREADABLE);
  }

  private forget(id: number): void {
    const connection = this.open.get(id);
    if (connection === undefined) return;
    this.open.delete(id);
    connection.call.end();
    const { worker } = connection;
    if (worker === null) return;
    if (this.members.get(worker) === connection) this.members.delete(worker);
    this.dispatch({ kind: 'closed', worker, connection: id });
  }

  accept(id: number, worker: number): void {
    const connection = this.open.get(id);
    // It has gone while the answer was on its way.
    if (connection === undefined) return this.dispatch({ kind: 'closed', worker, connection: id });
    const former = this.members.get(worker);
    connection.worker = worker;
    this.members.set(worker, connection);
    if (former !== undefined) former.call.end();
  }

  refuse(id: number, failure: Failure): void {
    const connection = this.open.get(id);
    if (connection !== undefined) endWith(connection.call, failure);
  }

  send(worker: number, message: CoordinatorMessage): void {
    const connection = this.members.get(worker);
    if (connection !== undefined) connection.call.write(withSecret(message, connection.secret));
  }

  /** Whether that is the secret of the session that a worker has now. */
  knows({ worker, secret }: SessionClaim): boolean {
    return this.members.get(worker)?.secret.matches(secret) ?? false;
  }

  /** Gives up a worker; should it still live, it hears why. */
  drop(worker: number, failure: Failure): void {
    const connection = this.members.get(worker);
    if (connection !== undefined) endWith(connection.call, failure);
  }

  /** Tells something to every so-manieth member: in `turns` turns, from 0, to all of them. */
  sendInTurn(message: CoordinatorMessage, turn: number, turns: number): void {
    for (const [worker, { call }] of this.members) if (worker % turns === turn) call.write(message);
  }

  closeAll(): void {
    for (const { call } of this.open.values()) call.end();
  }

  get size(): number {
    return this.open.size;
  }
}

/** Only the worker itself hears it. */
function withSecret(message: CoordinatorMessage, secret: SessionSecret): CoordinatorMessage {
  const { welcome } = message;
  return welcome ? { ...message, welcome: { ...welcome, secret: secret.reveal() } } : message;
}

function endWith(call: SessionCall, failure: Failure): void {
  call.emit('error', toStatus(failure));
}

const UNREADABLE: Failure = {
  code: 'MLIP_E_RPC_PROTOCOL',
  message: 'a worker joins first, and sends only messages that its coordinator knows',
  where: '',
  remedy: '',
};
