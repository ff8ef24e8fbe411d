/**
 * Times since 1970 of what was measured by the clock that never jumps. Two times of one process are as far apart as they were
 * measured to be, unless the machine's clock was set meanwhile.
 */

/** Above what rounding and a slow adjustment of the clock come to. */
const JUMP_MS = 20;

export class WallClock {
  private originMs = Date.now() - performance.now();

  /** @param atMs by performance.now() */
  unixMs(atMs = performance.now()): number {
    const originMs = Date.now() - performance.now();
    if (Math.abs(originMs - this.originMs) > JUMP_MS) this.originMs = originMs;
    return this.originMs + atMs;
  }
}

/** Of this process. */
export const wallClock = new WallClock();
