/**
 * The listening end: a gRPC server with bounded messages. It owns its sockets, since grpc-js' own shutdown waits for ever
 * for a peer that is frozen.
 */
import { type Server as SocketServer, type Socket, createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MlipError, messageOf } from '../core/errors.js';
import { formatAddress } from './address.js';
import { COMMON_OPTIONS } from './channel.js';

export interface RpcServer {
  port: number;
  /** Takes no more connections, lets peers leave on their own for `graceMs`, then cuts those that remain. */
  close(graceMs: number): Promise<void>;
}

/** Listens; `port` 0 takes any that is free. `addService` is given the server before it does. Throws MLIP_E_PORT_IN_USE. */
export async function serve(host: string, port: number, addService: (server: Server) => void): Promise<RpcServer> {
  const grpc = new Server(COMMON_OPTIONS);
  addService(grpc);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const listener = createSocketServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    injector.injectConnection(socket);
  });
  await listen(listener, host, port);
  return {
    port: (listener.address() as AddressInfo).port,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
      await closed;
      clearTimeout(timer);
      grpc.forceShutdown();
    },
  };
}

async function listen(listener: SocketServer, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, host, resolve);
    });
  } catch (cause) {
    const address = formatAddress(host, port);
    throw new MlipError('MLIP_E_PORT_IN_USE', `cannot listen on ${address}: ${messageOf(cause)}`, {
      where: address,
      remedy: 'Choose another port (0 takes any that is free), or end the process that holds this one.',
      cause,
    });
  }
}
