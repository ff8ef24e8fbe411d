/**
 * Collectives over a ring of sockets: each rank receives from its predecessor and sends to its successor, nothing else.
 *
 * Operations go over the wire one after another, in the order in which they were called, which must be the same on
 * every rank; the next one's first segments follow as soon as the last of the previous one has been sent. All ordering
 * comes from segments.ts; this file moves a segment when it is ready and the socket takes it.
 */
import type { MlipError } from '../core/errors.js';
import { createAccumulator } from './accumulate.js';
import { failure, reportedFailure, type Failure } from './failures.js';
import { encodeFrame, type Frame } from './frame.js';
import type { Inbound } from './inbound.js';
import { Operation } from './operation.js';
import type { Outbound, OutboundHandler } from './outbound.js';
import { modulo, routeAllReduce, routeBroadcast, type Route } from './segments.js';

export interface Ring {
  /**
   * Sums `buffer` over the ranks, in place; every rank gets the same bits. Buffers must have one length on all ranks,
   * and belong to the ring until the promise settles.
   */
  allReduce(buffer: Float32Array): Promise<void>;
  /** Copies the root's `buffer` into that of every other rank. */
  broadcast(buffer: Float32Array, root: number): Promise<void>;
  /** Bytes sent to the successor so far. */
  readonly bytesSent: number;
  /** What broke the ring; every call rejects with it from then on. */
  readonly aborted: MlipError | undefined;
  /** Closes the connections; what is under way rejects. */
  close(): Promise<void>;
}

export interface RingPlace {
  rank: number;
  world: number;
  /** An operation must be complete by then, counted from the end of the previous one. */
  timeoutMs: number;
}

type SegmentFrame = Extract<Frame, { kind: 'segment' }>;

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

  get aborted(): MlipError | undefined {
    return this.broken?.error;
  }

  allReduce(buffer: Float32Array): Promise<void> {
    return this.enqueue('reduction', buffer, routeAllReduce(buffer.length, this.place.rank, this.place.world));
  }

  broadcast(buffer: Float32Array, root: number): Promise<void> {
    return this.enqueue('broadcast', buffer, routeBroadcast(buffer.length, this.place.rank, this.place.world, root));
  }

  async close(): Promise<void> {
    const { rank } = this.place;
    const left = failure('MLIP_E_PEER_LOST', rank, `rank ${rank}, this one, has left the ring`);
    if (this.operations.length > 0) await this.fail(left);
    else if (this.broken === undefined) await this.leave(left);
    await Promise.all([this.inbound.closing(), this.outbound.closing()]);
  }

  private enqueue(name: string, buffer: Float32Array, route: Route): Promise<void> {
    const operation = new Operation(name, this.sequence++, buffer, route);
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
    if (frame?.kind !== 'segment' || operation === undefined || segment === undefined) {
      this.heed(frame, this.predecessor);
      return undefined;
    }
    if (!isDue(frame, operation)) {
      this.mismatch(
        this.predecessor,
        `segment ${frame.index} (${frame.count} elements) of operation ${frame.sequence}`,
      );
      return undefined;
    }
    const { buffer } = this.accumulator.addend;
    return operation.adds ? new Uint8Array(buffer, 0, frame.count * 4) : operation.bytesOf(segment);
  }

  private absorb(): void {
    const operation = this.receiving;
    if (operation?.incoming === undefined) return;
    if (operation.adds) this.accumulator.addTo(operation.floatsOf(operation.incoming));
    operation.noteReceived();
    if (this.receiving === undefined) this.inbound.pause();
    this.pump();
    this.settle();
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
    const { incoming, startsChunk, name, progress } = operation;
    const peer = incoming === undefined ? this.successor : this.predecessor;
    const late = incoming !== undefined && startsChunk ? this.predecessor - incoming.hops : peer;
    const blamed = modulo(late, this.place.world);
    const what = `${name} was not complete after ${this.place.timeoutMs} ms: waited for rank ${blamed} (${progress})`;
    void this.fail(failure('MLIP_E_REDUCE_TIMEOUT', blamed, what));
  }

  /** A connection that closes is a failure only for those who still need it: a peer that is done may leave. */
  private checkConnections(cause?: Error): void {
    const { inbound, outbound } = this;
    const receiving = inbound.closed ? this.receiving : undefined;
    const sending = this.operations.find((o) => (outbound.closed && !o.allSent) || (outbound.gone && !o.allFlushed));
    const peer = receiving === undefined ? this.successor : this.predecessor;
    const cut = receiving ?? sending;
    if (cut === undefined) return;
    const what = `rank ${peer} closed its connection during ${cut.name} (${cut.progress})`;
    void this.fail(failure('MLIP_E_PEER_LOST', peer, what, cause));
  }

  /** A frame that is no segment: a neighbour reports a failure, or does not speak our language. */
  private heed(frame: Frame | undefined, peer: number): void {
    if (frame?.kind === 'abort') void this.fail(reportedFailure(frame.code, frame.rank));
    else this.mismatch(peer, frame === undefined ? 'bytes that are no frame' : `a frame of kind ${frame.kind}`);
  }

  private mismatch(peer: number, what: string): void {
    const due = this.receiving;
    const expected = due === undefined ? 'nothing' : `segment ${due.incomingIndex} of ${due.name}`;
    void this.fail(failure('MLIP_E_REDUCE_MISMATCH', peer, `rank ${peer} sent ${what} where ${expected} was expected`));
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

function isDue(frame: SegmentFrame, operation: Operation): boolean {
  const { begin, end } = operation.incoming!;
  const { sequence, incomingIndex: index } = operation;
  return frame.sequence === sequence && frame.index === index && frame.count === end - begin;
}
