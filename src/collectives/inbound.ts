/**
 * The connection on which a rank receives from its predecessor. The receiver is the one who connects, since only then
 * Node reads into memory of our choice: the kernel's bytes land in the gradient buffer (or beside the
 * accumulator) without a copy in between, and float alignment never comes up.
 */
import { connect, type Socket } from 'node:net';
import { decodeFrame, FRAME_BYTES, type Frame } from './frame.js';
import { closing, hangUp, sendLastWord } from './socket-end.js';

/** Bytes that are read at a time when nobody wants them. */
const WASTE_BYTES = 16384;

export interface InboundHandler {
  /** A frame has arrived (undefined: bytes that are none); returns where its payload goes, if it has one. */
  onFrame(frame: Frame | undefined): Uint8Array | undefined;
  /** The payload of the last frame is complete. */
  onPayload(): void;
  /** The predecessor closed the connection or it broke. */
  onClosed(cause: Error | undefined): void;
}

export class Inbound {
  /** Who reacts to what arrives; may be exchanged while the connection is paused. */
  handler: InboundHandler;
  private readonly socket: Socket;
  private readonly frame = Buffer.alloc(FRAME_BYTES);
  private target: Uint8Array = this.frame;
  private filled = 0;
  private paused = false;
  /** Set when the connection is given up: payload memory is free again after the read that is under way. */
  private release: (() => void) | undefined;
  private readonly waste = Buffer.allocUnsafe(WASTE_BYTES);
  private cause: Error | undefined;

  constructor(address: { host: string; port: number }, handler: InboundHandler) {
    this.handler = handler;
    this.socket = connect({
      ...address,
      noDelay: true,
      onread: { buffer: () => this.target.subarray(this.filled), callback: (bytes) => this.advance(bytes) },
    });
    this.socket.on('error', (error) => (this.cause = error));
    this.socket.on('end', () => this.handler.onClosed(undefined));
    this.socket.on('close', () => this.handler.onClosed(this.cause));
  }

  get closed(): boolean {
    return this.socket.readableEnded || this.socket.destroyed;
  }

  greet(greeting: Buffer): void {
    this.socket.write(greeting);
  }

  /** Nothing is read until `resume`; to be called from the handler, or when nothing is under way. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    this.paused = false;
    this.socket.resume();
  }

  /** Sends a last word and throws away what still arrives. Resolves once the memory of payloads is no longer in use. */
  async giveUp(word: Buffer): Promise<void> {
    const released = new Promise<void>((resolve) => (this.release = resolve));
    if (this.target === this.frame) this.release?.();
    this.resume();
    await Promise.all([sendLastWord(this.socket, word), Promise.race([released, closing(this.socket)])]);
  }

  hangUp(): Promise<void> {
    return hangUp(this.socket);
  }

  /** Closes at once. */
  drop(): void {
    this.socket.destroy();
  }

  /** Resolves once the connection is closed. */
  closing(): Promise<void> {
    return closing(this.socket);
  }

  /** False stops reading. */
  private advance(bytes: number): boolean {
    if (this.release !== undefined) return this.discard(this.release);
    this.filled += bytes;
    if (this.filled === this.target.length) {
      this.target = this.target === this.frame ? this.announce() : this.deliver();
      this.filled = 0;
    }
    return !this.paused;
  }

  private discard(release: () => void): boolean {
    this.target = this.waste;
    this.filled = 0;
    release();
    return true;
  }

  private announce(): Uint8Array {
    return this.handler.onFrame(decodeFrame(this.frame)) ?? this.frame;
  }

  private deliver(): Uint8Array {
    this.handler.onPayload();
    return this.frame;
  }
}
