/**
 * OUT/ranks.jsonl: where the time of a step went on each rank. Of some steps only, and of the last one: what each rank does in
 * every step would be more than all else that a run leaves.
 */
import { appendFileSync } from 'node:fs';
import type { RankTimes } from './events.js';

/** From one line to the next at least. */
const EVERY_MS = 5_000;
/** With many ranks a line is long, and lines are the rarer: some 40 MB a day at most. */
const EVERY_MS_PER_RANK = 500;

/** Of seconds: nobody needs less than a microsecond. */
const DIGITS = 6;

export interface RanksLine {
  /** ISO 8601. */
  time: string;
  step: number;
  generation: number;
  /** In order of rank. */
  ranks: readonly RankTimes[];
}

export class RanksFile {
  private readonly path: string;
  private readonly nowMs: () => number;
  /** The newest line, while it is not written. */
  private pending: RanksLine | null = null;
  private nextMs = -Infinity;

  /** @param nowMs a clock that never jumps */
  constructor(path: string, nowMs: () => number = () => performance.now()) {
    this.path = path;
    this.nowMs = nowMs;
  }

  /** Writes the line, where it is time for one; else it is kept until a newer one comes. */
  record(line: RanksLine): void {
    this.pending = line;
    const nowMs = this.nowMs();
    if (nowMs < this.nextMs) return;
    this.nextMs = nowMs + Math.max(EVERY_MS, EVERY_MS_PER_RANK * line.ranks.length);
    this.flush();
  }

  /** A line of a later step is not true any more. */
  rewind(step: number): void {
    if (this.pending !== null && this.pending.step > step) this.pending = null;
  }

  /** Writes the newest line, unless it is written. */
  flush(): void {
    if (this.pending !== null) appendFileSync(this.path, `${JSON.stringify(this.pending, rounded)}\n`);
    this.pending = null;
  }
}

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
