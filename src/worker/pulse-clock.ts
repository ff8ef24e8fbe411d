/** The times that a worker puts into its heartbeats, so that its coordinator can tell how far their clocks differ. */
import { wallClock } from '../core/wall-clock.js';
import type { WorkerMessage } from '../rpc/service.js';

export class PulseClock {
  private newest: { sentMs: number; heardMs: number } | undefined;

  /** A pulse has come; `sentMs` is the coordinator's time in it. */
  hear(sentMs: number): void {
    this.newest = { sentMs, heardMs: performance.now() };
  }

  /** Another coordinator, or the same one on another machine. */
  forget(): void {
    this.newest = undefined;
  }

  heartbeat(): NonNullable<WorkerMessage['heartbeat']> {
    const nowMs = performance.now();
    const pulse = this.newest;
    return {
      sentMs: wallClock.unixMs(nowMs),
      ...(pulse === undefined ? {} : { pulseSentMs: pulse.sentMs, pulseAgeMs: nowMs - pulse.heardMs }),
    };
  }
}
