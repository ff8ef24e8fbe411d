/** What is to be ended with a run: what was begun last is ended first. */
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';

export type Cleanup = () => void | Promise<void>;

export type OnCleanup = (cleanup: Cleanup) => void;

/** One thing that cannot be ended keeps nothing else from it. */
export async function endAll(cleanups: readonly Cleanup[], log: Logger): Promise<void> {
  for (const cleanup of cleanups.toReversed()) {
    try {
      await cleanup();
    } catch (error) {
      log.warn('the coordinator could not end everything', { reason: messageOf(error) });
    }
  }
}
