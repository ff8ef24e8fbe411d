// Ports that a test needs side by side.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Listens on as many consecutive ports; who needs one free closes its server. */
export async function holdPorts(count: number): Promise<{ first: number; servers: Server[] }> {
  const server = await listening(0);
  const { port: first } = server.address() as AddressInfo;
  const others = await Promise.allSettled(
    Array.from({ length: count - 1 }, (_, index) => listening(first + 1 + index)),
  );
  const servers = [server, ...others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))];
  if (servers.length === count) return { first, servers };
  await release(servers);
  return holdPorts(count);
}

export async function release(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
}

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  return server;
}
