/**
 * How far the clocks of the workers differ from the coordinator's. A pulse goes there with its time, the next heartbeat comes back
 * with that time, its own, and how long it had the pulse: what is left of the time in between is the way there and back. Of the
 * latest of these the one with the shortest way is believed; its error is half of that way at most.
 */
import type { WorkerMessageSeen } from '../../rpc/service.js';

export type HeartbeatSeen = NonNullable<WorkerMessageSeen['heartbeat']>;

export interface ClockOffset {
  /** Of the worker's clock before the coordinator's; negative behind it. */
  aheadMs: number;
  errorMs: number;
}

/** From then on somebody who compares times of two machines is led astray. */
export const SKEW_MS = 5_000;

const SAMPLES = 16;
/** One may be a mistake. */
const FEWEST_TO_WARN = 2;

export class ClockOffsets {
  private readonly samples = new Map<number, ClockOffset[]>();
  private readonly warned = new Set<number>();
  private readonly skewed: (worker: number, offset: ClockOffset) => void;

  /** `skewed` is called once for a worker. */
  constructor(skewed: (worker: number, offset: ClockOffset) => void) {
    this.skewed = skewed;
  }

  hear(worker: number, { sentMs, pulseSentMs, pulseAgeMs }: HeartbeatSeen, receivedMs: number): void {
    const wayMs = receivedMs - pulseSentMs - pulseAgeMs;
    if (pulseSentMs === 0 || !(wayMs >= 0)) return;
    const aheadMs = (sentMs - pulseAgeMs - pulseSentMs + sentMs - receivedMs) / 2;
    if (!Number.isFinite(aheadMs)) return;
    const samples = [...(this.samples.get(worker) ?? []).slice(1 - SAMPLES), { aheadMs, errorMs: wayMs / 2 }];
    this.samples.set(worker, samples);
    if (samples.length >= FEWEST_TO_WARN) this.warn(worker);
  }

  of(worker: number): ClockOffset | null {
    const [first, ...others] = this.samples.get(worker) ?? [];
    if (first === undefined) return null;
    return others.reduce((best, sample) => (sample.errorMs < best.errorMs ? sample : best), first);
  }

  /** A worker that has gone. */
  forget(worker: number): void {
    this.samples.delete(worker);
  }

  private warn(worker: number): void {
    const offset = this.of(worker)!;
    if (this.warned.has(worker) || Math.abs(offset.aheadMs) - offset.errorMs < SKEW_MS) return;
    this.warned.add(worker);
    this.skewed(worker, offset);
  }
}
