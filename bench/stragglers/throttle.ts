/**
 * Makes processes slow: each runs for a share of the time only, and is stopped (SIGSTOP) for the rest, in turns that are
 * short beside a step. Turns are given by a thread that does nothing else.
 */
import { Worker } from 'node:worker_threads';

export interface Slowness {
  pid: number;
  /** Of the time, above 0 and below 1. */
  share: number;
}

export class Throttle {
  readonly #thread = new Worker(new URL('./throttle-thread.js', import.meta.url));

  /** From now on these processes run for these shares of the time, and those that are not named do not change. */
  set(processes: readonly Slowness[]): void {
    this.#thread.postMessage(processes);
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}
