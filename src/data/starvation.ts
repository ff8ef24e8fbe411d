/**
 * Says so when training waits for data: a slow disk must not look like a slow model. Looks at windows of steps; after each
 * warning the window doubles, so that a long run does not repeat itself without end.
 */
import type { Logger } from '../core/log.js';

const FIRST_WINDOW_STEPS = 20;
const TOLERATED_SHARE = 0.2;

export interface StarvationWatch {
  /** To be called once a step, when its batch was handed over after `waitMs` of waiting. */
  record(waitMs: number): void;
}

/** @param now milliseconds of a clock that never goes back */
export function watchStarvation(log: Logger, now: () => number = () => performance.now()): StarvationWatch {
  let windowSteps = FIRST_WINDOW_STEPS;
  let begun = now();
  let waited = 0;
  let steps = 0;

  function record(waitMs: number): void {
    waited += waitMs;
    steps += 1;
    if (steps < windowSteps) return;
    const share = waited / Math.max(now() - begun, Number.EPSILON);
    if (share > TOLERATED_SHARE) {
      log.warn('training waits for data; more data.decodeThreads, a larger data.cacheMb or a faster disk would help', {
        share: share.toFixed(2),
        steps,
      });
      windowSteps *= 2;
    }
    [begun, waited, steps] = [now(), 0, 0];
  }
  return { record };
}
