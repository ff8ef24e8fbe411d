/** One direction of a connection: what comes in goes out when it is due, in order. */
import type { Socket } from 'node:net';

/** Held up at most: more is left with the sender, as a full network does. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

interface Held {
  /** Null is the end. */
  bytes: Buffer | null;
  dueMs: number;
}

export class Pipe {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly dueMs: () => number;
  private readonly held: Held[] = [];
  private heldBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param dueMs when what comes now is to go out, by performance.now() */
  constructor(from: Socket, to: Socket, dueMs: () => number) {
    this.from = from;
    this.to = to;
    this.dueMs = dueMs;
    from.on('data', (bytes: Buffer) => this.hold(bytes));
    from.on('end', () => this.hold(null));
    from.on('close', () => clearTimeout(this.timer));
    to.on('drain', () => this.pass());
  }

  private hold(bytes: Buffer | null): void {
    this.held.push({ bytes, dueMs: Math.max(this.dueMs(), this.held.at(-1)?.dueMs ?? 0) });
    this.heldBytes += bytes?.length ?? 0;
    if (this.heldBytes > MAX_HELD_BYTES) this.from.pause();
    this.pass();
  }

  private pass(): void {
    clearTimeout(this.timer);
    const nowMs = performance.now();
    while (this.held.length > 0 && this.held[0].dueMs <= nowMs && !this.to.writableNeedDrain) this.write();
    if (this.held.length > 0 && !this.to.writableNeedDrain) {
      this.timer = setTimeout(() => this.pass(), this.held[0].dueMs - nowMs);
    }
    if (this.heldBytes <= MAX_HELD_BYTES && this.from.isPaused()) this.from.resume();
  }

  private write(): void {
    const { bytes } = this.held.shift()!;
    if (bytes === null) return void this.to.end();
    this.heldBytes -= bytes.length;
    this.to.write(bytes);
  }
}
