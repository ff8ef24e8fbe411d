/** A connection to a coordinator that has welcomed this worker: its control stream, and a channel for bulk data. */
import type { Client } from '@grpc/grpc-js';
import { MlipError } from '../core/errors.js';
import { connectOnce, openChannel } from '../rpc/channel.js';
import type { CoordinatorMessageSeen, WelcomeSeen, WorkerMessage } from '../rpc/service.js';
import { type SessionStream, type StreamEvents, openSessionStream } from './session-stream.js';

export type Join = NonNullable<WorkerMessage['join']>;

export interface Connection {
  readonly address: string;
  readonly welcome: WelcomeSeen;
  readonly bulk: Client;
  send(message: WorkerMessage): void;
  /** From now on what comes is handed over, beginning with what has come since the Welcome. */
  listen(events: StreamEvents): void;
  /** Sends what is still unsent, then closes. */
  close(): Promise<void>;
  /** Closes at once; nothing of it is heard any more. */
  cut(): void;
}

/** To answer a connection, and a Join: a coordinator that is frozen accepts the one and leaves the other. */
const CONNECT_MS = 3_000;
const WELCOME_MS = 5_000;

/** Tries once. Rejects with what the coordinator refuses the worker for, or MLIP_E_RPC_UNREACHABLE. */
export async function connect(address: string, join: Join): Promise<Connection> {
  const client = openChannel(address, 'control');
  const inbox = new Inbox(address);
  let stream: SessionStream | undefined;
  try {
    await connectOnce(client, address, CONNECT_MS);
    stream = openSessionStream(client, address, inbox);
    stream.send({ join });
    return connectionOver({ address, client, stream, inbox, welcome: await inbox.welcome() });
  } catch (error) {
    stream?.cut();
    client.close();
    throw error;
  }
}

interface ConnectionParts {
  address: string;
  client: Client;
  stream: SessionStream;
  inbox: Inbox;
  welcome: WelcomeSeen;
}

function connectionOver({ address, client, stream, inbox, welcome }: ConnectionParts): Connection {
  const bulk = openChannel(address, 'bulk');
  const closeChannels = (): void => {
    bulk.close();
    client.close();
  };
  return {
    ...{ address, welcome, bulk },
    send: (message) => stream.send(message),
    listen: (events) => inbox.handOver(events),
    close: () => stream.close().finally(closeChannels),
    cut() {
      stream.cut();
      closeChannels();
    },
  };
}

/** Keeps what comes until somebody listens. */
class Inbox implements StreamEvents {
  private readonly address: string;
  private events: StreamEvents | undefined;
  private readonly kept: ((events: StreamEvents) => void)[] = [];
  private greet!: (welcome: WelcomeSeen) => void;
  private refuse!: (error: MlipError) => void;
  private readonly greeting = new Promise<WelcomeSeen>((resolve, reject) => {
    this.greet = resolve;
    this.refuse = reject;
  });

  constructor(address: string) {
    this.address = address;
    this.greeting.catch(() => undefined);
  }

  message(message: CoordinatorMessageSeen): void {
    if (message.welcome !== null) this.greet(message.welcome);
    else this.pass((events) => events.message(message));
  }

  closed(error: MlipError | null): void {
    this.refuse(error ?? closedEarly(this.address));
    this.pass((events) => events.closed(error));
  }

  async welcome(): Promise<WelcomeSeen> {
    const timer = setTimeout(() => this.refuse(silent(this.address)), WELCOME_MS);
    return this.greeting.finally(() => clearTimeout(timer));
  }

  handOver(events: StreamEvents): void {
    this.events = events;
    for (const pass of this.kept.splice(0)) pass(events);
  }

  private pass(pass: (events: StreamEvents) => void): void {
    if (this.events === undefined) this.kept.push(pass);
    else pass(this.events);
  }
}

function closedEarly(address: string): MlipError {
  return new MlipError('MLIP_E_COORDINATOR_LOST', 'the coordinator closed the connection', {
    where: address,
    remedy: 'Look at the end of the coordinator’s log.',
  });
}

function silent(address: string): MlipError {
  return new MlipError('MLIP_E_RPC_UNREACHABLE', `the coordinator did not answer within ${WELCOME_MS / 1000} s`, {
    where: address,
    remedy: 'Look at what it is doing; it may be stopped.',
  });
}
