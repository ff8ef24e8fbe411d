/** Ports for processes that are started later, again and again, at the same place. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections: while its process is away, nobody else gets such a port. */
const [LOWEST, HIGHEST] = [12_000, 30_000];

let next = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));

/** A port of 127.0.0.1 that is free, and that this process has not given out lately. */
export async function takePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port >= HIGHEST ? LOWEST : port + 1;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}
