/**
 * Decides which connection is the successor's, and which ones copy tensors. Whoever greets early waits until the ring of its
 * generation is opened here, or until there is something to copy; strangers, other runs and past generations are turned away.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { RefusalReason, Refusals } from '../security/refusals.js';
import { decodeGreeting, encodeFrame, GREETING_BYTES, type Caller, type Greeting, type Refusal } from './frame.js';

export const GREETING_TIMEOUT_MS = 10_000;
const MAX_WAITING = 64;
/** What each connection of TLS begins with: the type of its first record, and the version that all claim. */
const TLS_HANDSHAKE = 0x1603;

/** Something that every rank of a generation may copy. */
export interface Offer extends Omit<Caller, 'rank'> {
  /** `rank`: as the other end says. */
  serve(socket: Socket, rank: number): void;
}
const REASONS: Record<Refusal, RefusalReason> = {
  ...{ token: 'token', generation: 'stale', neighbour: 'neighbour', protocol: 'protocol' },
};

/** What to do with a greeting, given who is expected. A newer generation may just be ahead of us: it waits. */
export function judge(greeting: Caller, expected: Caller): 'accept' | 'wait' | Refusal {
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
  private expected: Caller | undefined;
  private offer: Offer | undefined;
  /** Ends the wait of `expect`; undefined while nobody waits. */
  private settle: ((socket?: Socket) => void) | undefined;

  constructor(refusals: Refusals, greetingMs = GREETING_TIMEOUT_MS) {
    this.refusals = refusals;
    this.greetingMs = greetingMs;
  }

  receive(socket: Socket): void {
    if (this.waiting.size >= MAX_WAITING) this.turnAway(this.leastWelcome(), 'connections');
    this.waiting.set(socket, undefined);
    socket.on('error', () => this.dismiss(socket));
    socket.on('close', () => this.dismiss(socket));
    this.readGreeting(socket);
  }

  /** The oldest of those that have not greeted; a neighbour that is early has, and may wait for long. */
  private leastWelcome(): Socket {
    const waiting = [...this.waiting];
    return (waiting.find(([, greeting]) => greeting === undefined) ?? waiting[0])[0];
  }

  private readGreeting(socket: Socket): void {
    const timer = setTimeout(() => this.turnAway(socket, 'silent'), this.greetingMs);
    socket.once('close', () => clearTimeout(timer));
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < GREETING_BYTES) return;
      clearTimeout(timer);
      // Strangers get no word. But an answer that is not TLS tells a worker that speaks TLS at once that we do not.
      if (bytes.readUInt16BE(0) === TLS_HANDSHAKE) this.refuse(socket, 'protocol', this.expected?.generation ?? 0);
      else this.greet(socket, decodeGreeting(bytes));
    });
  }

  expect(expected: Caller, deadline: AbortSignal): Promise<Socket | undefined> {
    this.settle?.();
    this.expected = expected;
    return new Promise((resolve) => {
      const settle = (socket?: Socket): void => {
        deadline.removeEventListener('abort', settleEmpty);
        if (this.settle === settle) this.settle = undefined;
        resolve(socket);
      };
      const settleEmpty = (): void => settle();
      if (deadline.aborted) return resolve(undefined);
      deadline.addEventListener('abort', settleEmpty);
      this.settle = settle;
      this.greetWaiting();
    });
  }

  /** What may be copied from now on; undefined withdraws it. */
  offers(offer: Offer | undefined): void {
    this.offer = offer;
    this.greetWaiting();
  }

  close(): void {
    this.settle?.();
    for (const socket of this.waiting.keys()) this.dismiss(socket);
  }

  private greetWaiting(): void {
    for (const [socket, greeting] of this.waiting) if (greeting !== undefined) this.greet(socket, greeting);
  }

  private greet(socket: Socket, greeting: Greeting | undefined): void {
    if (greeting === undefined) return this.turnAway(socket, 'protocol');
    this.waiting.set(socket, greeting);
    const { offer, expected } = this;
    if (greeting.purpose === 'ring') this.decide(socket, greeting, expected, this.settle);
    else if (offer !== undefined) {
      this.decide(socket, greeting, { ...offer, rank: greeting.rank }, (copying) =>
        offer.serve(copying, greeting.rank),
      );
    }
  }

  private decide(
    socket: Socket,
    greeting: Greeting,
    expected: Caller | undefined,
    admit: ((socket: Socket) => void) | undefined,
  ): void {
    if (expected === undefined) return;
    const { generation } = expected;
    const verdict = judge(greeting, expected);
    if (verdict === 'wait') return;
    if (verdict === 'accept' && admit !== undefined) this.admit(socket, generation, admit);
    else this.refuse(socket, verdict === 'accept' ? 'neighbour' : verdict, generation);
  }

  private admit(socket: Socket, generation: number, admit: (socket: Socket) => void): void {
    this.waiting.delete(socket);
    socket.pause();
    socket.removeAllListeners('data');
    socket.write(encodeFrame({ kind: 'accepted', generation }));
    admit(socket);
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
