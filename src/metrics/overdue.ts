/** Work that goes on although what it is for is over: it hangs, and nothing within its process can end it. */

export interface OverdueLimits {
  /** What is over, for messages: `generation 3`. */
  what: string;
  /** So long after the end the work is beyond help. */
  limitMs: number;
}

interface UnderWay extends OverdueLimits {
  /** When it was over, by a clock that never jumps; null while it is not. */
  overMs: number | null;
}

export class Overdue {
  private readonly underWay = new Set<UnderWay>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.nowMs = nowMs;
  }

  /** Watches `work`, which is to end soon after `over` is aborted. */
  async during<T>(over: AbortSignal, limits: OverdueLimits, work: () => Promise<T>): Promise<T> {
    const entry: UnderWay = { ...limits, overMs: over.aborted ? this.nowMs() : null };
    const note = (): void => void (entry.overMs = this.nowMs());
    over.addEventListener('abort', note);
    this.underWay.add(entry);
    try {
      return await work();
    } finally {
      this.underWay.delete(entry);
      over.removeEventListener('abort', note);
    }
  }

  /** What is overdue and for how long; null where nothing is. */
  trouble(): string | null {
    for (const { what, limitMs, overMs } of this.underWay) {
      const lateMs = overMs === null ? 0 : this.nowMs() - overMs;
      if (lateMs > limitMs) return `${what} has been over for ${Math.round(lateMs / 1000)} s and does not end`;
    }
    return null;
  }
}
