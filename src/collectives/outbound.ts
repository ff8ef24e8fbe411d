/** The connection on which a rank sends to its successor. Against the stream come nothing but reports of failure. */
import type { Socket } from 'node:net';
import { decodeFrame, FRAME_BYTES, type Frame } from './frame.js';
import { closing, hangUp, sendLastWord } from './socket-end.js';

/** Written ahead, a few segments. Counted here: the sockets of a TLS server take no mark of ours. */
const WRITE_AHEAD_BYTES = 1 << 20;

export interface OutboundHandler {
  /** The successor takes data again. */
  onDrain(): void;
  /** The successor reports a failure (undefined: bytes that are no report). */
  onReport(frame: Frame | undefined): void;
  onClosed(cause: Error | undefined): void;
}

export class Outbound {
  bytesSent = 0;
  /** True while the successor takes no more data; `onDrain` follows. */
  blocked = false;
  private readonly socket: Socket;
  private readonly handler: OutboundHandler;
  private cause: Error | undefined;

  constructor(socket: Socket, handler: OutboundHandler) {
    this.socket = socket;
    this.handler = handler;
    socket.on('error', (error) => (this.cause = error));
    socket.on('end', () => handler.onClosed(undefined));
    socket.on('close', () => handler.onClosed(this.cause));
    this.readReport((frame) => handler.onReport(frame));
  }

  /** Whether the successor takes no more segments. */
  get closed(): boolean {
    return this.socket.readableEnded || this.socket.destroyed;
  }

  /** Whether nothing that was sent can still leave. */
  get gone(): boolean {
    return this.socket.destroyed;
  }

  /** Sends without copying: `payload` must stay as it is until `onFlushed`. */
  send(header: Buffer, payload: Uint8Array, onFlushed: () => void): void {
    this.socket.cork();
    this.socket.write(header);
    this.socket.write(payload, (error) => {
      if (error) return;
      onFlushed();
      this.unblock();
    });
    this.socket.uncork();
    this.blocked = this.socket.writableLength >= WRITE_AHEAD_BYTES;
    this.bytesSent += header.length + payload.length;
  }

  private unblock(): void {
    if (!this.blocked || this.socket.writableLength >= WRITE_AHEAD_BYTES) return;
    this.blocked = false;
    this.handler.onDrain();
  }

  /** Sends a last word. Resolves once the memory of payloads is no longer in use. */
  giveUp(word: Buffer): Promise<void> {
    return sendLastWord(this.socket, word);
  }

  hangUp(): Promise<void> {
    return hangUp(this.socket);
  }

  /** Resolves once the connection is closed. */
  closing(): Promise<void> {
    return closing(this.socket);
  }

  private readReport(onReport: (frame: Frame | undefined) => void): void {
    let bytes: Buffer = Buffer.alloc(0);
    this.socket.on('data', (chunk: Buffer) => {
      if (bytes.length >= FRAME_BYTES) return;
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= FRAME_BYTES) onReport(decodeFrame(bytes));
    });
    this.socket.resume();
  }
}
