/** When each part of a step began on this rank, and how long it took: the whole step, its phases, and what goes over the network. */
import type { Ring } from '../collectives/ring.js';

export type Track = 'phases' | 'communication';

export interface TimedSpan {
  name: string;
  track: Track;
  /** By performance.now(). */
  startMs: number;
  durationMs: number;
}

/** A step in thousands of pieces tells nobody anything. */
const MOST_SPANS = 200;

export class StepTimeline {
  /** What is under way, for those who ask what this worker does. */
  readonly current = new Set<{ name: string; startMs: number }>();
  private spans: TimedSpan[] = [];
  private begunMs = performance.now();

  begin(): void {
    this.spans = [];
    this.begunMs = performance.now();
  }

  async time<T>(name: string, track: Track, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const current = { name, startMs };
    this.current.add(current);
    try {
      return await work();
    } finally {
      this.current.delete(current);
      this.note({ name, track, startMs, durationMs: performance.now() - startMs });
    }
  }

  /** The step as a whole, then its parts. */
  end(): TimedSpan[] {
    const whole = { name: 'step', startMs: this.begunMs, durationMs: performance.now() - this.begunMs };
    return [{ ...whole, track: 'phases' }, ...this.spans];
  }

  private note(span: TimedSpan): void {
    if (this.spans.length < MOST_SPANS) this.spans.push(span);
  }
}

/** The same ring, whose sums are noted. */
export function timedRing(ring: Ring, timeline: StepTimeline): Ring {
  return {
    ...{ world: ring.world, close: () => ring.close() },
    allReduce: (buffer, combination) =>
      timeline.time('all-reduce', 'communication', () => ring.allReduce(buffer, combination)),
    broadcast: (buffer, root) => timeline.time('broadcast', 'communication', () => ring.broadcast(buffer, root)),
    get bytesSent() {
      return ring.bytesSent;
    },
    get bytesReceived() {
      return ring.bytesReceived;
    },
    get aborted() {
      return ring.aborted;
    },
  };
}
