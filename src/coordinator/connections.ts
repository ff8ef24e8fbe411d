/** The control streams of workers: messages in become events, effects become messages out. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type Failure, toStatus } from '../rpc/failure.js';
import type { CoordinatorMessage, WorkerMessageSeen } from '../rpc/service.js';
import { type EventSansTime, eventOf, joinOf } from './incoming.js';

export type SessionCall = Pick<
  ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>,
  'on' | 'write' | 'end' | 'emit'
>;

interface Connection {
  call: SessionCall;
  /** Null before it has joined. */
  rank: number | null;
}

export class Connections {
  private readonly open = new Map<number, Connection>();
  private readonly members = new Map<number, Connection>();
  private readonly dispatch: (event: EventSansTime) => void;
  private next = 0;

  constructor(dispatch: (event: EventSansTime) => void) {
    this.dispatch = dispatch;
  }

  /** Takes a worker's call. */
  receive(call: SessionCall): void {
    const id = this.next++;
    const connection: Connection = { call, rank: null };
    this.open.set(id, connection);
    call.on('data', (message: WorkerMessageSeen) => this.hear(id, connection, message));
    const leave = (): void => this.forget(id);
    for (const ending of ['end', 'cancelled', 'error', 'close'] as const) call.on(ending, leave);
  }

  private hear(id: number, { call, rank }: Connection, message: WorkerMessageSeen): void {
    const event = rank === null ? joinOf(id, message) : eventOf(rank, message);
    if (event !== null) this.dispatch(event);
    else endWith(call, UNREADABLE);
  }

  private forget(id: number): void {
    const connection = this.open.get(id);
    if (connection === undefined) return;
    this.open.delete(id);
    connection.call.end();
    if (connection.rank === null) return;
    this.members.delete(connection.rank);
    this.dispatch({ kind: 'closed', rank: connection.rank });
  }

  accept(id: number, rank: number): void {
    const connection = this.open.get(id);
    if (connection === undefined) return;
    connection.rank = rank;
    this.members.set(rank, connection);
  }

  refuse(id: number, failure: Failure): void {
    const connection = this.open.get(id);
    if (connection !== undefined) endWith(connection.call, failure);
  }

  send(rank: number, message: CoordinatorMessage): void {
    const connection = this.members.get(rank);
    if (connection !== undefined) connection.call.write(message);
  }

  /** Gives up a worker; should it still live, it hears why. */
  drop(rank: number, failure: Failure): void {
    const connection = this.members.get(rank);
    if (connection !== undefined) endWith(connection.call, failure);
  }

  closeAll(): void {
    for (const { call } of this.open.values()) call.end();
  }

  get size(): number {
    return this.open.size;
  }
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
