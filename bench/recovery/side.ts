/** How the benchmark sees a run of any side: it starts, tells its steps, can be hurt, and is stopped. */
import type { StepEvent } from './step-event.js';

export const WORKERS = 2;

export interface Training {
  /** Told so far; grows. */
  readonly events: readonly StepEvent[];
  /** Process ids of the workers that train now. */
  workers(): number[];
  /** Starts a worker in the place of the killed one; null where the side does so by itself. */
  replace: (() => void) | null;
  /** Why nothing more is to be expected; undefined while the run goes on. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

export interface Side {
  name: string;
  /** @param folder an empty one for this run. */
  start(folder: string): Promise<Training>;
}
