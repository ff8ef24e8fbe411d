/** A connection to a server that loses answers, and breaks, when a test wants it to. */
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Proxy {
  /** HOST:PORT. */
  readonly address: string;
  /** From now on the server hears its clients, but they do not hear it. */
  deafen(): void;
  /** Breaks all connections; new ones are whole. */
  cut(): void;
}

export async function startProxy(server: string): Promise<Proxy> {
  const [host, port] = server.split(':');
  const sockets = new Set<Socket>();
  let deaf = false;
  const listener = createServer((near) => {
    const far = createConnection({ host, port: Number(port) });
    near.pipe(far);
    far.on('data', (data) => void (deaf || near.write(data)));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => {
    deaf = false;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    listener.close();
    cut();
  });
  return { address: `127.0.0.1:${(listener.address() as AddressInfo).port}`, deafen: () => void (deaf = true), cut };
}
