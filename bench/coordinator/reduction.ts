/** What the all-reduce does to the times of workers: nobody is done with it before all have come to it. */

export class Reduction {
  private readonly size: number;
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(size: number) {
    this.size = size;
  }

  /** Resolves for all at once, when the last of them has come to this step. */
  together(step: number): Promise<void> {
    return new Promise((resolve) => {
      const others = this.waiting.get(step) ?? [];
      this.waiting.set(step, [...others, resolve]);
      if (others.length + 1 < this.size) return;
      this.waiting.delete(step);
      others.forEach((other) => other());
      resolve();
    });
  }
}
