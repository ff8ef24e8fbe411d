/** The control stream of a worker: opens it, sends, and tells what comes and when it is lost. */
import { type Client, type ClientDuplexStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MlipError } from '../core/errors.js';
import { fromStatus } from '../rpc/failure.js';
import { type CoordinatorMessageSeen, type WorkerMessage, methods } from '../rpc/service.js';

export interface StreamEvents {
  message(message: CoordinatorMessageSeen): void;
  /** The stream is over. `error` is null where the coordinator ended it in order. */
  closed(error: MlipError | null): void;
}

export interface SessionStream {
  /** Does nothing once the stream is over. */
  send(message: WorkerMessage): void;
  /** Sends what is still unsent and closes. Resolves when the coordinator has seen the end, or is not heard from. */
  close(): Promise<void>;
  /** Closes at once; nothing is told any more. */
  cut(): void;
}

/** Time for the last messages to arrive. */
const FAREWELL_MS = 2_000;

/** Over a connection that is there. */
export function openSessionStream(client: Client, address: string, events: StreamEvents): SessionStream {
  const stream = openCall(client);
  let over: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  let open = true;
  const leave = (tell: () => void): void => {
    if (!open) return;
    open = false;
    tell();
    over();
  };
  stream.on('data', (message: CoordinatorMessageSeen) => open && events.message(message));
  stream.on('error', (error: ServiceError) => leave(() => events.closed(fromStatus(error, address))));
  stream.on('end', () => leave(() => events.closed(null)));
  return {
    send: (message) => void (open && stream.write(message)),
    async close() {
      stream.end();
      const timer = setTimeout(() => stream.cancel(), FAREWELL_MS);
      await ended;
      clearTimeout(timer);
    },
    cut() {
      leave(() => undefined);
      stream.cancel();
    },
  };
}

function openCall(client: Client): ClientDuplexStream<WorkerMessage, CoordinatorMessageSeen> {
  const { path, requestSerialize, responseDeserialize } = methods.session;
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
}
