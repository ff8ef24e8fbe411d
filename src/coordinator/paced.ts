/** An action that is wanted more often than it has to be done: once for all those who wanted it within a while. */
export class Paced {
  private readonly action: () => void;
  private readonly everyMs: number;
  private doneAtMs = -Infinity;
  private waiting: NodeJS.Timeout | undefined;

  constructor(action: () => void, everyMs: number) {
    this.action = action;
    this.everyMs = everyMs;
  }

  /** At once where it was not done lately; else later, so that the last one who wants it gets it as well. */
  want(): void {
    if (this.waiting !== undefined) return;
    const restMs = this.doneAtMs + this.everyMs - performance.now();
    if (restMs <= 0) this.act();
    else this.waiting = setTimeout(() => this.act(), restMs);
  }

  /** Does at once what is still to be done. */
  flush(): void {
    if (this.waiting !== undefined) this.act();
  }

  private act(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.doneAtMs = performance.now();
    this.action();
  }
}
