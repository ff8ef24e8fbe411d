/** The listening end: a gRPC server with bounded messages. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MlipError, messageOf } from '../core/errors.js';
import { formatAddress } from './address.js';
import { COMMON_OPTIONS } from './channel.js';

export function createServer(): Server {
  return new Server(COMMON_OPTIONS);
}

/** Listens; `port` 0 takes any. Returns the port. Throws MLIP_E_PORT_IN_USE. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  const address = formatAddress(host, port);
  try {
    return await new Promise((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
  } catch (cause) {
    throw new MlipError('MLIP_E_PORT_IN_USE', `cannot listen on ${address}: ${messageOf(cause)}`, {
      where: address,
      remedy: 'Choose another port (0 takes any that is free), or end the process that holds this one.',
      cause,
    });
  }
}

/** Lets calls end on their own for `graceMs`, then cuts them. */
export async function shutdown(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), graceMs);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
}
