/** The control stream of a worker: opens it, sends, and tells what comes and when it is lost. */
import { type Client, type ClientDuplexStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MlipError } from '../core/errors.js';
import type { Access } from '../security/access.js';
import { openChannel, waitUntilReady } from '../rpc/channel.js';
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
}

/** Time for the last messages to arrive. */
const FAREWELL_MS = 2_000;

/** Waits for the coordinator to answer; rejects with MLIP_E_RPC_UNREACHABLE. */
export async function openSessionStream(
  address: string,
  connectMs: number,
  access: Access,
  events: StreamEvents,
): Promise<SessionStream> {
  const client = openChannel(address, 'control', access);
  try {
    await waitUntilReady(client, address, connectMs);
  } catch (error) {
    client.close();
    throw error;
  }
  return streamOver(client, address, events);
}

function streamOver(client: Client, address: string, events: StreamEvents): SessionStream {
  const stream = openCall(client);
  let over: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  let open = true;
  const leave = (error: MlipError | null): void => {
    if (!open) return;
    open = false;
    events.closed(error);
    over();
  };
  stream.on('data', (message: CoordinatorMessageSeen) => events.message(message));
  stream.on('error', (error: ServiceError) => leave(fromStatus(error, address)));
  stream.on('end', () => leave(null));
  return {
    send: (message) => void (open && stream.write(message)),
    async close() {
      stream.end();
      const timer = setTimeout(() => stream.cancel(), FAREWELL_MS);
      await ended;
      clearTimeout(timer);
      client.close();
    },
  };
}

function openCall(client: Client): ClientDuplexStream<WorkerMessage, CoordinatorMessageSeen> {
  const { path, requestSerialize, responseDeserialize } = methods.session;
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
}
