/**
 * Appends lines to logs.jsonl, a few at a time and behind everybody's back: nobody waits for it, and a disk that is full or hangs
 * costs lines, which are counted, and nothing else.
 */
import { appendFile, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { logFile, rotate } from './log-files.js';

/** Of one file; there are four at most. */
const MOST_BYTES = 16 << 20;

/** What waits to be written. */
const MOST_PENDING_BYTES = 4 << 20;

/** To a file that could not be written. */
const AGAIN_MS = 2_000;

export interface LogWriterOptions {
  out: string;
  /** Asked before each write. */
  mayWrite: () => boolean;
  /** Lines are missing in the file from here on. Returns the line that says so. */
  lost: (count: number) => string;
  mostBytes?: number;
}

export class LogWriter {
  private readonly options: LogWriterOptions;
  private pending: string[] = [];
  private pendingBytes = 0;
  private dropped = 0;
  private writing: Promise<void> | null = null;
  private bytes = 0;
  private closing = new AbortController();

  constructor(options: LogWriterOptions) {
    this.options = options;
  }

  append(line: string): void {
    if (this.pendingBytes > MOST_PENDING_BYTES) {
      this.dropped += 1;
      return;
    }
    this.pending.push(line);
    this.pendingBytes += line.length;
    this.writing ??= this.writeAll().finally(() => (this.writing = null));
  }

  /** Resolves when everything is written, or cannot be, or after `limitMs`. */
  async close(limitMs: number): Promise<void> {
    this.closing.abort();
    await Promise.race([this.writing, sleep(limitMs, undefined, { ref: false })]);
  }

  private async writeAll(): Promise<void> {
    if (this.bytes === 0) this.bytes = await this.takeUp().catch(() => 0);
    while (this.pending.length > 0 && this.options.mayWrite()) {
      const lines = this.take();
      await this.write(`${lines.join('\n')}\n`).catch(() => this.failed(lines.length));
    }
  }

  private take(): string[] {
    const said = this.dropped === 0 ? [] : [this.options.lost(this.dropped)];
    const lines = [...said, ...this.pending];
    this.pending = [];
    this.pendingBytes = this.dropped = 0;
    return lines;
  }

  private async write(text: string): Promise<void> {
    const { out, mostBytes = MOST_BYTES } = this.options;
    const length = Buffer.byteLength(text);
    if (this.bytes > 0 && this.bytes + length > mostBytes) {
      await rotate(out);
      this.bytes = 0;
    }
    await appendFile(logFile(out), text);
    this.bytes += length;
  }

  private async failed(count: number): Promise<void> {
    this.dropped += count;
    // Whoever ends does not wait for a disk.
    await sleep(AGAIN_MS, undefined, { ref: false, signal: this.closing.signal }).catch(() => undefined);
  }

  /** Bytes that an earlier coordinator has written; a line that its end cut short is ended. */
  private async takeUp(): Promise<number> {
    const path = logFile(this.options.out);
    const { size } = await stat(path);
    if (size === 0) return 0;
    const file = await open(path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== 0x0a) await appendFile(path, '\n');
    } finally {
      await file.close();
    }
    return size;
  }
}
