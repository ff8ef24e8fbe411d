/**
 * When something in the directory has run out. Processes of one boot of one machine share a clock that nobody sets; whatever
 * was written elsewhere has run out when this process has seen it unchanged for its whole time, which needs no clock in common.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { startElapsed } from '../elapsed.js';

/** When something was written, for those who share the clock. */
export interface Stamp {
  /** Names the boot of the machine (and the view of its clock). */
  readonly clock: string;
  readonly ms: number;
}

const ownClock = nameClock();

export function stampNow(): Stamp {
  return { clock: ownClock, ms: clockMs() };
}

export class Expiry {
  /** What this process saw last of each thing that was stamped by another clock. */
  readonly #seen = new Map<string, { revision: number; elapsed: () => number }>();

  /** Whether the version of a thing that was stamped so is older than `ttlMs`. */
  isOver(thing: string, revision: number, stamp: Stamp, ttlMs: number): boolean {
    if (stamp.clock === ownClock) return clockMs() - stamp.ms >= ttlMs;
    const seen = this.#seen.get(thing);
    if (seen?.revision === revision) return seen.elapsed() >= ttlMs;
    this.#seen.set(thing, { revision, elapsed: startElapsed() });
    return false;
  }

  forget(thing: string): void {
    this.#seen.delete(thing);
  }
}

/** The same in all processes since the machine was started, on the systems that `nameClock` knows. */
function clockMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Where the boot has no name, every process counts as another machine. */
function nameClock(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/time')}`;
  } catch {
    return randomUUID();
  }
}
