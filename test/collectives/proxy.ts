/** A way to a port on which things go wrong. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  close(): void;
}

/** Alters, holds back (undefined) or cuts what comes from the port; `sent` bytes have come on this connection before. */
export type Change = (bytes: Buffer, sent: number, client: Socket) => Buffer | undefined;

export async function openProxy(port: number, change: Change): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    let sent = 0;
    let held = false;
    for (const socket of [client, target]) sockets.add(socket);
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
    client.on('data', (bytes) => target.write(bytes));
    target.on('data', (bytes: Buffer) => {
      const changed = change(bytes, sent, client);
      sent += bytes.length;
      held = changed === undefined;
      if (changed !== undefined && !client.destroyed) client.write(changed);
    });
    target.on('end', () => !held && client.end());
    client.on('end', () => target.end());
    client.on('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
