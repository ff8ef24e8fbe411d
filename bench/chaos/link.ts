/**
 * A stretch of network that can be broken: a TCP proxy in front of one address. Connections can be dropped, new ones refused,
 * bytes delayed or held up.
 *
 *   const link = await openLink({ latencyMs: 20 });
 *   link.to = 7070;               // where it leads; may change, connections that are open stay
 *   link.cut(); link.refuse(500); link.stall(500); link.delay(100, 2000);
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Pipe } from './pipe.js';

const HOST = '127.0.0.1';

export interface LinkOptions {
  /** Of each direction, always. */
  readonly latencyMs?: number | undefined;
}

export class Link {
  /** Port that it leads to; null refuses. */
  to: number | null = null;
  /** Port that it listens on. */
  readonly port: number;
  private readonly server: Server;
  private readonly latencyMs: number;
  private readonly sockets = new Set<Socket>();
  private readonly pipes = new Set<Pipe>();
  private refusedUntilMs = 0;
  private stalledUntilMs = 0;
  private delayed = { byMs: 0, untilMs: 0 };

  constructor(server: Server, { latencyMs = 0 }: LinkOptions) {
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    this.latencyMs = latencyMs;
    server.on('connection', (socket) => this.join(socket));
  }

  get address(): string {
    return `${HOST}:${this.port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.pipes.size / 2;
  }

  /** Resets all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Resets all connections, and each new one for so long. */
  refuse(forMs: number): void {
    this.refusedUntilMs = performance.now() + forMs;
    this.cut();
  }

  /** Nothing passes for so long; nothing is lost. */
  stall(forMs: number): void {
    this.stalledUntilMs = performance.now() + forMs;
  }

  /** What comes in the next `forMs` arrives so much later. */
  delay(byMs: number, forMs: number): void {
    this.delayed = { byMs, untilMs: performance.now() + forMs };
  }

  async close(): Promise<void> {
    this.refuse(Infinity);
    await once(this.server.close(), 'close');
  }

  private join(from: Socket): void {
    this.keep(from);
    if (this.to === null || performance.now() < this.refusedUntilMs) return void from.resetAndDestroy();
    const onward = connect({ host: HOST, port: this.to, allowHalfOpen: true });
    this.keep(onward);
    // One end that is gone takes the other along, as a broken network does in the end.
    for (const [own, other] of [[from, onward] as const, [onward, from] as const]) {
      own.on('close', () => other.destroy());
      const pipe = new Pipe(own, other, () => this.dueMs());
      this.pipes.add(pipe);
      own.on('close', () => this.pipes.delete(pipe));
    }
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  /** When what comes now is to arrive. */
  private dueMs(): number {
    const nowMs = performance.now();
    const delayMs = nowMs < this.delayed.untilMs ? this.delayed.byMs : 0;
    return Math.max(nowMs, this.stalledUntilMs) + this.latencyMs + delayMs;
  }
}

export async function openLink(options: LinkOptions = {}): Promise<Link> {
  const server = createServer({ allowHalfOpen: true }).listen(0, HOST);
  await once(server, 'listening');
  return new Link(server, options);
}
