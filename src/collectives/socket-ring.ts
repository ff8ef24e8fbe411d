/**
 * Collectives over a ring of sockets: each rank receives from its predecessor and sends to its successor, nothing else.
 *
 * Operations go over the wire one after another, in the order in which they were called, which must be the same on
 * every rank; the next one's first segments follow as soon as the last of the previous one has been sent. All ordering
 * comes from segments.ts; this file moves a segment when it is ready and the socket takes it.
 */
import type { MlipError } from '../core/errors.js';
import { createAccumulator, type Combination } from './accumulate.js';
import { leaving, lostDuring, mismatched, reported, timedOut, type Failure } from './failures.js';
import { encodeFrame, type Frame } from './frame.js';
import type { Inbound } from './inbound.js';
import { Operation } from './operation.js';
import type { Outbound, OutboundHandler } from './outbound.js';
import type { Ring } from './ring.js';
import { modulo, routeAllReduce, routeBroadcast, type Floats, type Route, type Segment } from './segments.js';

export interface RingPlace {
  rank: number;
  world: number;
  /** An operation must be complete by then, counted from the end of the previous one. */
  timeoutMs: number;
}

export class SocketRing implements Ring {
  private readonly place: RingPlace;
  private readonly predecessor: number;
  private readonly successor: number;
  private readonly inbound: Inbound;
  private readonly outbound: Outbound;
  private readonly accumulator = createAccumulator();
  /** Under way, in the order of calls. */
  private readonly operations: Operation[] = [];
  private sequence = 0;
  private timer: NodeJS.Timeout | undefined;
  private broken: Failure | undefined;

  get world(): number {
    return this.place.world;
  }

  /** `inbound` is paused and nothing but frames of this ring follow on it. */
  constructor(place: RingPlace, inbound: Inbound, openOutbound: (handler: OutboundHandler) => Outbound) {
    this.place = place;
    this.predecessor = modulo(place.rank - 1, place.world);
    this.successor = modulo(place.rank + 1, place.world);
    this.inbound = inbound;
    this.inbound.handler = {
      onFrame: (frame) => this.receive(frame),
      onPayload: () => this.absorb(),
      onClosed: (cause) => this.checkConnections(cause),
    };
    this.outbound = openOutbound({
      onDrain: () => this.pump(),
      onReport: (frame) => this.heed(frame, this.successor),
      onClosed: (cause) => this.checkConnections(cause),
    });
  }

  get bytesSent(): number {
    return this.outbound.bytesSent;
  }

  get bytesReceived(): number {
    return this.inbound.bytesReceived;
  }

  get aborted(): MlipError | undefined {
    return this.broken?.error;
  }

  allReduce(buffer: Floats, combination: Combination = 'sum'): Promise<void> {
    const { rank, world } = this.place;
    return this.enqueue('reduction', buffer, routeAllReduce(buffer.length, rank, world), combination);
  }

  broadcast(buffer: Float32Array, root: number): Promise<void> {
    return this.enqueue('broadcast', buffer, routeBroadcast(buffer.length, this.place.rank, this.place.world, root));
  }

  async close(): Promise<void> {
    const left = leaving(this.place.rank);
    if (this.operations.length > 0) await this.fail(left);
    else if (this.broken === undefined) await this.leave(left);
    await Promise.all([this.inbound.closing(), this.outbound.closing()]);
  }

  private enqueue(name: string, buffer: Floats, route: Route, combination?: Combination): Promise<void> {
    const operation = new Operation(name, this.sequence++, buffer, route, combination);
    if (this.broken !== undefined) operation.reject(this.broken.error);
    else if (operation.complete) operation.resolve();
    else this.start(operation);
    return operation.done;
  }

  private start(operation: Operation): void {
    this.operations.push(operation);
    if (this.operations.length === 1) this.restartClock();
    this.checkConnections();
    this.pump();
    if (operation.incoming !== undefined && this.broken === undefined) this.inbound.resume();
  }

  /** Sends what is ready, strictly in order. */
  private pump(): void {
    while (!this.outbound.blocked && this.broken === undefined) {
      const operation = this.operations.find((candidate) => !candidate.allSent);
      const segment = operation?.outgoing;
      if (operation === undefined || segment === undefined) return;
      const { sequence, outgoingIndex: index } = operation;
      const header = encodeFrame({ kind: 'segment', sequence, index, count: segment.end - segment.begin });
      operation.noteSent();
      this.outbound.send(header, operation.bytesOf(segment), () => {
        operation.noteFlushed();
        this.settle();
      });
    }
  }

  private get receiving(): Operation | undefined {
    return this.operations.find((operation) => operation.incoming !== undefined);
  }

  /** Where the announced payload goes: beside the accumulator, or to its place at once. */
  private receive(frame: Frame | undefined): Uint8Array | undefined {
    const operation = this.receiving;
    const segment = operation?.incoming;
    if (frame?.kind !== 'segment' || segment === undefined || !operation?.expects(frame)) {
      this.heed(frame, this.predecessor);
      return undefined;
    }
    const place = operation.bytesOf(segment);
    return operation.combines ? new Uint8Array(this.accumulator.addend, 0, place.length) : place;
  }

  private absorb(): void {
    const operation = this.receiving;
    if (operation?.incoming === undefined) return;
    if (operation.combines) this.combine(operation, operation.incoming);
    operation.noteReceived();
    if (this.receiving === undefined) this.inbound.pause();
    this.pump();
    this.settle();
  }

  private combine(operation: Operation, segment: Segment): void {
    const floats = operation.floatsOf(segment);
    if (operation.combination === 'max') this.accumulator.maxTo(floats);
    else this.accumulator.addTo(floats);
  }

  private settle(): void {
    while (this.operations.length > 0 && this.operations[0].complete && this.broken === undefined) {
      this.operations.shift()!.resolve();
      this.restartClock();
    }
  }

  private restartClock(): void {
    clearTimeout(this.timer);
    if (this.operations.length > 0) this.timer = setTimeout(() => this.giveUp(), this.place.timeoutMs);
  }

  /** A chunk of which nothing came has not left the rank where it starts: that one is late, not those in between. */
  private giveUp(): void {
    const [operation] = this.operations;
    const { incoming, startsChunk } = operation;
    const peer = incoming === undefined ? this.successor : this.predecessor;
    const late = incoming !== undefined && startsChunk ? peer - incoming.hops : peer;
    void this.fail(timedOut(modulo(late, this.place.world), operation, this.place.timeoutMs));
  }

  /** A connection that closes is a failure only for those who still need it: a peer that is done may leave. */
  private checkConnections(cause?: Error): void {
    const { inbound, outbound } = this;
    const receiving = inbound.closed ? this.receiving : undefined;
    const sending = this.operations.find((o) => (outbound.closed && !o.allSent) || (outbound.gone && !o.allFlushed));
    const peer = receiving === undefined ? this.successor : this.predecessor;
    const cut = receiving ?? sending;
    if (cut !== undefined) void this.fail(lostDuring(peer, cut, cause));
  }

  /** A frame that is not the segment that is due: a neighbour reports a failure, or does something else than we do. */
  private heed(frame: Frame | undefined, peer: number): void {
    const isReport = frame?.kind === 'abort';
    void this.fail(isReport ? reported(frame.code, frame.rank) : mismatched(peer, frame, this.receiving));
  }

  private async leave(left: Failure): Promise<void> {
    this.broken = left;
    await Promise.all([this.inbound.hangUp(), this.outbound.hangUp()]);
  }

  /** Tells both neighbours; rejects when no buffer is in use any more, which takes a second at most. */
  private async fail(failed: Failure): Promise<void> {
    if (this.broken !== undefined) return;
    this.broken = failed;
    clearTimeout(this.timer);
    await Promise.all([this.inbound.giveUp(failed.report), this.outbound.giveUp(failed.report)]);
    for (const operation of this.operations.splice(0)) operation.reject(failed.error);
  }
}
