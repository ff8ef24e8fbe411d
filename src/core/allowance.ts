/** So many of something a second on average, and so many at once. */

export class Allowance {
  private readonly perSecond: number;
  private readonly burst: number;
  private credit: number;
  private refilledMs = performance.now();

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.credit = burst;
  }

  /** False where there have been too many. */
  take(): boolean {
    const nowMs = performance.now();
    this.credit = Math.min(this.burst, this.credit + ((nowMs - this.refilledMs) * this.perSecond) / 1000);
    this.refilledMs = nowMs;
    if (this.credit < 1) return false;
    this.credit -= 1;
    return true;
  }
}
