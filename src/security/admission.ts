/**
 * Connections to a port that is open to strangers: so many, and those that have not shown that they belong here only
 * for so long. Where strangers crowd in, the one that has waited longest goes: who belongs here shows it at once.
 */
import type { Socket } from 'node:net';
import type { Refusals } from './refusals.js';

export interface AdmissionLimits {
  /** Connections at a time. */
  total: number;
  /** Of them, those that have not shown yet that they belong here. */
  pending: number;
  /** Of those, from one address. */
  pendingPerAddress: number;
  /** Time to show it. */
  deadlineMs: number;
}

export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly refusals: Refusals;
  private readonly countsEarlyEnds: boolean;
  private readonly open = new Map<string, Socket>();
  /** In the order in which they came. */
  private readonly pending = new Map<string, { address: string; timer: NodeJS.Timeout }>();
  private readonly leaving = new WeakSet<Socket>();

  /** @param countsEarlyEnds whether connections that end before they were admitted are refused ones: with TLS, the handshake says so */
  constructor(limits: AdmissionLimits, refusals: Refusals, countsEarlyEnds: boolean) {
    this.countsEarlyEnds = countsEarlyEnds;
    this.limits = limits;
    this.refusals = refusals;
  }

  get size(): number {
    return this.open.size;
  }

  get pendingSize(): number {
    return this.pending.size;
  }

  /** Takes a new connection; false where it was turned away. */
  enter(socket: Socket): boolean {
    const { remoteAddress: address, remotePort } = socket;
    // Gone already.
    if (address === undefined || remotePort === undefined) return reject(socket);
    if (this.open.size >= this.limits.total) {
      this.refusals.add('connections', `a connection from ${address}: there are ${this.open.size} already`);
      return reject(socket);
    }
    this.makeRoom(address);
    this.wait(keyOf(address, remotePort), address, socket);
    return true;
  }

  /** A connection has shown that it belongs here. */
  admit(address: string | undefined, port: number | undefined): void {
    this.settle(keyOf(address, port));
  }

  /** Ends a connection after `graceMs`, in which what was said last can arrive; at once when it is asked for again. */
  dismiss(address: string | undefined, port: number | undefined, graceMs: number): void {
    const socket = this.open.get(keyOf(address, port));
    if (socket === undefined) return;
    if (this.leaving.has(socket)) return void socket.destroy();
    this.leaving.add(socket);
    // What was refused once is not counted again.
    this.settle(keyOf(address, port));
    const timer = setTimeout(() => socket.destroy(), graceMs);
    socket.once('close', () => clearTimeout(timer));
  }

  destroyAll(): void {
    for (const socket of this.open.values()) socket.destroy();
  }

  private wait(key: string, address: string, socket: Socket): void {
    const timer = setTimeout(() => {
      this.settle(key);
      this.refusals.add('silent', `a connection from ${address}: no call with a token in ${this.limits.deadlineMs} ms`);
      socket.destroy();
    }, this.limits.deadlineMs);
    this.open.set(key, socket);
    this.pending.set(key, { address, timer });
    socket.once('close', () => {
      if (this.open.get(key) !== socket) return;
      if (this.pending.has(key)) this.noteEarlyEnd(socket, address);
      this.settle(key);
      this.open.delete(key);
    });
  }

  /** Whoever only looks whether somebody listens sends nothing. */
  private noteEarlyEnd({ bytesRead }: Socket, address: string): void {
    const said = this.countsEarlyEnds && bytesRead > 0;
    if (said) this.refusals.add('silent', `a connection from ${address} that ended before it showed a token`);
  }

  private settle(key: string): void {
    clearTimeout(this.pending.get(key)?.timer);
    this.pending.delete(key);
  }

  private makeRoom(address: string): void {
    const { pending, pendingPerAddress } = this.limits;
    const own = [...this.pending].filter(([, waiting]) => waiting.address === address);
    if (own.length >= pendingPerAddress) this.evict(own[0][0], address);
    else if (this.pending.size >= pending) this.evict([...this.pending.keys()][0], address);
  }

  private evict(key: string, newcomer: string): void {
    this.settle(key);
    this.refusals.add(
      'connections',
      `a connection that has said nothing yet: others crowd in, the last from ${newcomer}`,
    );
    this.open.get(key)?.destroy();
  }
}

function keyOf(address: string | undefined, port: number | undefined): string {
  return `${address}:${port}`;
}

function reject(socket: Socket): false {
  socket.destroy();
  return false;
}
