/**
 * The connection on which a rank receives from its predecessor. The receiver is the one who connects, since only then
 * Node reads into memory of our choice: the kernel's bytes, or those that TLS has decrypted, land in the gradient buffer
 * (or beside the accumulator) without a copy in between, and float alignment never comes up.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { MlipError } from '../core/errors.js';
import { wasRefused } from '../security/tls-connect.js';
import { clientRefusal } from '../security/tls-errors.js';
import type { TlsFiles } from '../security/tls-files.js';
import { dial } from './dial.js';
import { decodeFrame, FRAME_BYTES, type Frame } from './frame.js';
import { closing, hangUp, sendLastWord } from './socket-end.js';
import { Spill } from './spill.js';

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
  bytesReceived = 0;
  private readonly socket: Socket;
  private readonly tls: boolean;
  private readonly frame = Buffer.alloc(FRAME_BYTES);
  private target: Uint8Array = this.frame;
  private filled = 0;
  private paused = false;
  /** What arrives though nothing is wanted: TLS hands over all that it has decrypted. Taken up by `resume`. */
  private readonly spill = new Spill();
  /** Set when the connection is given up: payload memory is free again after the read that is under way. */
  private release: (() => void) | undefined;
  private readonly waste = Buffer.allocUnsafe(WASTE_BYTES);
  private cause: Error | undefined;

  constructor(address: { host: string; port: number }, tls: TlsFiles | null, handler: InboundHandler) {
    this.handler = handler;
    this.tls = tls !== null;
    this.socket = dial(address, tls, { buffer: () => this.room(), callback: (bytes) => this.take(bytes) });
    this.socket.once('connect', () => this.socket.setNoDelay(true));
    this.socket.on('error', (error) => (this.cause = error));
    this.socket.on('end', () => this.handler.onClosed(undefined));
    this.socket.on('close', () => this.handler.onClosed(this.cause));
  }

  /** Why TLS failed, once the connection is closed; undefined where that is not the reason. */
  refusal(where: string): MlipError | undefined {
    return this.tls && this.cause !== undefined ? clientRefusal(this.cause, where) : undefined;
  }

  /** Closed after the TLS handshake without a word: by the death of the peer, or because of our certificate. */
  get droppedInSilence(): boolean {
    return this.tls && wasRefused(this.socket as TLSSocket);
  }

  get closed(): boolean {
    return this.socket.readableEnded || this.socket.destroyed;
  }

  /** Over TLS not before it is known who listens there. */
  greet(greeting: Buffer): void {
    if (this.tls) this.socket.once('secureConnect', () => this.socket.write(greeting));
    else this.socket.write(greeting);
  }

  /** Nothing is read until `resume`; to be called from the handler, or when nothing is under way. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    this.paused = false;
    if (this.absorbSpill()) this.socket.resume();
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

  /** Where the next bytes go. */
  private room(): Uint8Array {
    return this.paused ? this.spill.open() : this.target.subarray(this.filled);
  }

  /** False stops reading. */
  private take(bytes: number): boolean {
    this.bytesReceived += bytes;
    if (!this.spill.isOpen) return this.advance(bytes);
    this.spill.close(bytes);
    return !this.paused && this.absorbSpill();
  }

  /** Hands on what has spilled, as far as it is wanted; false where no more is. */
  private absorbSpill(): boolean {
    while (!this.paused && this.spill.length > 0) this.advance(this.spill.moveTo(this.target.subarray(this.filled)));
    return !this.paused;
  }

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
