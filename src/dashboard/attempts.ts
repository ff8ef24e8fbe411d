/** How often a token may be tried: a minute's failures, of an address and of all. */

const WINDOW_MS = 60_000;
const MOST_OF_ADDRESS = 10;
const MOST_OF_ALL = 100;

export class Attempts {
  private readonly now: () => number;
  private failures: { address: string; atMs: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Milliseconds until the address may try again; 0 where it may now. */
  waitOf(address: string): number {
    const since = this.now() - WINDOW_MS;
    this.failures = this.failures.filter(({ atMs }) => atMs > since);
    const own = this.failures.filter((failure) => failure.address === address);
    const oldest =
      own.length >= MOST_OF_ADDRESS ? own[0] : this.failures.length >= MOST_OF_ALL ? this.failures[0] : null;
    return oldest === null ? 0 : oldest.atMs - since;
  }

  failed(address: string): void {
    this.failures.push({ address, atMs: this.now() });
  }
}
