/**
 * The listening end: a gRPC server whose connections, calls and messages are bounded. It owns its sockets, since grpc-js'
 * own shutdown waits for ever for a peer that is frozen.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MlipError, messageOf } from '../core/errors.js';
import type { Refusals } from '../security/refusals.js';
import type { RunToken } from '../security/run-token.js';
import { type SocketListener, listenForSockets } from '../security/socket-listener.js';
import type { TlsFiles } from '../security/tls-files.js';
import { formatAddress } from './address.js';
import { DEFAULT_LIMITS, type OutputRoot, type ServerLimits } from './call-rules.js';
import { COMMON_OPTIONS } from './channel.js';
import { guard } from './guard.js';
import { HTTP2, MAX_REQUEST_BYTES } from './protocol.js';

export interface ServeOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** Asked for with each call: what a run's directory holds may be known only once the port is open. */
  token: () => RunToken;
  /** Null speaks without TLS. */
  tls: TlsFiles | null;
  refusals: Refusals;
  limits?: ServerLimits;
  /** Where the paths that workers name must lie. */
  outputRoot?: OutputRoot;
}

export interface RpcServer {
  port: number;
  /** Takes no more connections, lets peers leave on their own for `graceMs`, then cuts those that remain. */
  close(graceMs: number): Promise<void>;
}

/** Listens. `addService` is given the server before it does. Throws MLIP_E_PORT_IN_USE. */
export async function serve(options: ServeOptions, addService: (server: Server) => void): Promise<RpcServer> {
  const { refusals, token, outputRoot = () => null, limits = DEFAULT_LIMITS } = options;
  const admission = (): SocketListener['admission'] => listener.admission;
  const grpc = new Server({
    ...COMMON_OPTIONS,
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_concurrent_streams': limits.streams,
    interceptors: [guard({ token, limits, outputRoot, refusals, admission })],
  });
  addService(grpc);
  // TLS is ended before gRPC sees a connection.
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = await listen(options, limits, (socket) => injector.injectConnection(socket));
  return {
    port: listener.port,
    async close(graceMs) {
      const timer = setTimeout(() => listener.admission.destroyAll(), graceMs);
      await listener.close();
      clearTimeout(timer);
      grpc.forceShutdown();
    },
  };
}

type OnSocket = Parameters<typeof listenForSockets>[0]['onSocket'];

async function listen(options: ServeOptions, limits: ServerLimits, onSocket: OnSocket): Promise<SocketListener> {
  const { host, port, tls, refusals } = options;
  try {
    return await listenForSockets({ host, port, tls, protocol: HTTP2, limits: limits.connections, refusals, onSocket });
  } catch (cause) {
    const address = formatAddress(host, port);
    throw new MlipError('MLIP_E_PORT_IN_USE', `cannot listen on ${address}: ${messageOf(cause)}`, {
      where: address,
      remedy: 'Choose another port (0 takes any that is free), or end the process that holds this one.',
      cause,
    });
  }
}
