/** The lines of a run's log as its files have them, and those that come. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StringDecoder } from 'node:string_decoder';
import { logFile, logFiles } from './log-files.js';

/** How often a file is looked at that is followed. */
const LOOK_MS = 250;

/** A line that is longer is none of ours. */
const MOST_LINE_CHARACTERS = 1 << 20;

export interface FollowOptions {
  /** Null reads what there is. Else asked before each look: once it says true, what there is then is the rest. */
  isOver: (() => boolean | Promise<boolean>) | null;
  signal?: AbortSignal;
}

/** Whole lines in order, several at a time. Ends where there are no more. */
export async function* readLines(out: string, { isOver, signal }: FollowOptions): AsyncGenerator<string[]> {
  const newest = new LineReader(logFile(out));
  for (const path of logFiles(out)) {
    if (path !== newest.path) yield* new LineReader(path).rest();
  }
  for (;;) {
    const last = isOver === null || (await isOver());
    // Before what is new in it: the file may have got another name, and that one's rest would be missed.
    if (newest.wasRotated()) yield* newest.restOf(logFile(out, 1));
    yield* newest.rest();
    if (last || signal?.aborted === true) return;
    await sleep(LOOK_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

class LineReader {
  readonly path: string;
  private position = 0;
  private inode: number | null = null;
  private partial = '';

  constructor(path: string) {
    this.path = path;
  }

  /** Whether another file has its name by now. */
  wasRotated(): boolean {
    if (this.inode === null) return false;
    return !existsSync(this.path) || statSync(this.path).ino !== this.inode;
  }

  /** What has come since the last call. */
  async *rest(): AsyncGenerator<string[]> {
    if (!existsSync(this.path)) return;
    this.inode = statSync(this.path).ino;
    yield* this.read(this.path);
  }

  /** The end of the file that had this name; then the next one is read from its beginning. */
  async *restOf(path: string): AsyncGenerator<string[]> {
    if (existsSync(path)) yield* this.read(path);
    this.position = 0;
    this.partial = '';
    this.inode = null;
  }

  private async *read(path: string): AsyncGenerator<string[]> {
    const decoder = new StringDecoder('utf8');
    for await (const piece of createReadStream(path, { start: this.position }) as AsyncIterable<Buffer>) {
      this.position += piece.length;
      const lines = (this.partial + decoder.write(piece)).split('\n');
      this.partial = lines.pop()!.slice(0, MOST_LINE_CHARACTERS);
      if (lines.length > 0) yield lines.filter((line) => line !== '');
    }
  }
}
