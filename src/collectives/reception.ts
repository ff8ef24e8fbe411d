/**
 * Decides which connection is the successor's. Whoever greets early waits until the ring of its generation is opened
 * here; strangers, other runs and past generations are turned away.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { RefusalReason, Refusals } from '../security/refusals.js';
import { decodeGreeting, encodeFrame, GREETING_BYTES, type Greeting, type Refusal } from './frame.js';

export const GREETING_TIMEOUT_MS = 10_000;
const MAX_WAITING = 64;

const REASONS: Record<Refusal, RefusalReason> = { token: 'token', generation: 'stale', neighbour: 'neighbour' };

/** What to do with a greeting, given who is expected. A newer generation may just be ahead of us: it waits. */
export function judge(greeting: Greeting, expected: Greeting): 'accept' | 'wait' | Refusal {
  if (!timingSafeEqual(greeting.token, expected.token)) return 'token';
  if (greeting.generation > expected.generation) return 'wait';
  if (greeting.generation < expected.generation) return 'generation';
  return greeting.rank === expected.rank ? 'accept' : 'neighbour';
}

export class Reception {
  private readonly refusals: Refusals;
  private readonly greetingMs: number;
  /** Connections without a verdict, and their greeting once it is complete. */
  private readonly waiting = new Map<Socket, Greeting | undefined>();
  private expected: Greeting | undefined;
  /** Ends the wait of `expect`; undefined while nobody waits. */
  private settle: ((socket?: Socket) => void) | undefined;

  constructor(refusals: Refusals, greetingMs = GREETING_TIMEOUT_MS) {
    this.refusals = refusals;
    this.greetingMs = greetingMs;
  }

  receive(socket: Socket): void {
    const [oldest] = this.waiting.keys();
    if (this.waiting.size >= MAX_WAITING) this.turnAway(oldest, 'connections');
    this.waiting.set(socket, undefined);
    socket.on('error', () => this.dismiss(socket));
    socket.on('close', () => this.dismiss(socket));
    this.readGreeting(socket);
  }

  private readGreeting(socket: Socket): void {
    const timer = setTimeout(() => this.turnAway(socket, 'silent'), this.greetingMs);
    socket.once('close', () => clearTimeout(timer));
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < GREETING_BYTES) return;
      clearTimeout(timer);
      this.greet(socket, decodeGreeting(bytes));
    });
  }

  expect(expected: Greeting, deadline: AbortSignal): Promise<Socket | undefined> {
    this.settle?.();
    this.expected = expected;
    return new Promise((resolve) => {
      const settle = (socket?: Socket): void => {
        deadline.removeEventListener('abort', settleEmpty);
        if (this.settle === settle) this.settle = undefined;
        resolve(socket);
      };
      const settleEmpty = (): void => settle();
      deadline.addEventListener('abort', settleEmpty);
      this.settle = settle;
      for (const [socket, greeting] of this.waiting) if (greeting !== undefined) this.greet(socket, greeting);
    });
  }

  close(): void {
    this.settle?.();
    for (const socket of this.waiting.keys()) this.dismiss(socket);
  }

  private greet(socket: Socket, greeting: Greeting | undefined): void {
    if (greeting === undefined) return this.turnAway(socket, 'protocol');
    this.waiting.set(socket, greeting);
    if (this.expected === undefined) return;
    const verdict = judge(greeting, this.expected);
    if (verdict === 'wait') return;
    if (verdict === 'accept' && this.settle !== undefined) this.admit(socket, this.settle);
    else this.refuse(socket, verdict === 'accept' ? 'neighbour' : verdict, this.expected.generation);
  }

  private admit(socket: Socket, settle: (socket: Socket) => void): void {
    this.waiting.delete(socket);
    socket.pause();
    socket.removeAllListeners('data');
    socket.write(encodeFrame({ kind: 'accepted', generation: this.expected!.generation }));
    settle(socket);
  }

  private refuse(socket: Socket, refusal: Refusal, generation: number): void {
    this.count(socket, REASONS[refusal]);
    this.waiting.delete(socket);
    socket.end(encodeFrame({ kind: 'refused', generation, refusal }));
    socket.destroySoon();
  }

  private turnAway(socket: Socket, reason: RefusalReason): void {
    this.count(socket, reason);
    this.dismiss(socket);
  }

  private count(socket: Socket, reason: RefusalReason): void {
    this.refusals.add(reason, `a connection to the ring from ${socket.remoteAddress ?? 'a peer that is gone'}`);
  }

  private dismiss(socket: Socket): void {
    this.waiting.delete(socket);
    socket.destroy();
  }
}
