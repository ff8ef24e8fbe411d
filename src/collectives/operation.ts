/** One collective under way on one rank: which segments have arrived, gone out and left the process. */
import type { Combination } from './accumulate.js';
import type { Frame } from './frame.js';
import type { Floats, IncomingSegment, Route, Segment } from './segments.js';

export class Operation {
  readonly name: string;
  readonly sequence: number;
  /** Resolves when the buffer holds the result and is free again. */
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly combination: Combination;
  private readonly buffer: Floats;
  private readonly route: Route;
  private received = 0;
  private sent = 0;
  private flushed = 0;

  constructor(name: string, sequence: number, buffer: Floats, route: Route, combination: Combination = 'sum') {
    this.name = `${name} ${sequence}`;
    this.sequence = sequence;
    this.combination = combination;
    this.buffer = buffer;
    this.route = route;
    let settle: [() => void, (error: Error) => void];
    this.done = new Promise((resolve, reject) => (settle = [resolve, reject]));
    [this.resolve, this.reject] = settle!;
    // A ring can break while its caller computes and awaits nothing yet: that must not end the process.
    this.done.catch(() => undefined);
  }

  /** The segment that arrives next; undefined once all have. */
  get incoming(): IncomingSegment | undefined {
    return this.route.incoming.at(this.received);
  }

  /** Whether `incoming` is combined with what is in the buffer, rather than copied into it. */
  get combines(): boolean {
    return this.received < this.route.added;
  }

  /** Whether this announces `incoming`. */
  expects(frame: Extract<Frame, { kind: 'segment' }>): boolean {
    const { incoming, sequence, received } = this;
    const count = incoming === undefined ? 0 : incoming.end - incoming.begin;
    return frame.sequence === sequence && frame.index === received && frame.count === count;
  }

  /** Whether nothing of the current chunk has arrived yet. */
  get startsChunk(): boolean {
    const { incoming } = this.route;
    return this.received === 0 || incoming[this.received].hops !== incoming[this.received - 1].hops;
  }

  /** Position of the segment to send next; those before it have been sent. */
  get outgoingIndex(): number {
    return this.sent;
  }

  /** The segment to send next if it is ready: own ones at once, others once they have been received. */
  get outgoing(): Segment | undefined {
    const { own, incoming, forwarded } = this.route;
    if (this.sent < own.length) return own[this.sent];
    const next = this.sent - own.length;
    return next < Math.min(this.received, forwarded) ? incoming[next] : undefined;
  }

  get allSent(): boolean {
    return this.sent === this.sends;
  }

  get allFlushed(): boolean {
    return this.flushed === this.sends;
  }

  get complete(): boolean {
    return this.incoming === undefined && this.allFlushed;
  }

  private get sends(): number {
    return this.route.own.length + this.route.forwarded;
  }

  get progress(): string {
    return `received ${this.received} of ${this.route.incoming.length} segments, sent ${this.flushed} of ${this.sends}`;
  }

  floatsOf(segment: Segment): Floats {
    return this.buffer.subarray(segment.begin, segment.end);
  }

  bytesOf(segment: Segment): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.floatsOf(segment);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  noteReceived(): void {
    this.received++;
  }

  noteSent(): void {
    this.sent++;
  }

  noteFlushed(): void {
    this.flushed++;
  }
}
