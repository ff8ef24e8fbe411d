/** A lease that is held: renewed at a third of its time, and given up as soon as its time is over by the clock. */
import { MlipError, messageOf } from '../core/errors.js';
import { startElapsed } from './elapsed.js';
import { pause } from './pause.js';
import type { KeyValue } from './store.js';

export interface Lease {
  /** Greater than that of any earlier holder. */
  readonly token: number;
  /** Given with an MlipError MLIP_E_LEASE_LOST when the lease is lost; not when it is released. */
  readonly lost: AbortSignal;
  /** Decided by the clock alone, so that it is right at once after the process was stopped. */
  holds(): boolean;
  /** Tells others at once where workers reach the holder. */
  announce(address: string): void;
  /** Lets others have it without waiting. Where the store does not answer, it runs out by itself. */
  release(): Promise<void>;
}

export interface LeaseValue {
  readonly holder: string;
  readonly address: string;
  /** Missing at the first time: the revision then is the token. */
  readonly token?: number;
}

export interface LeaseTerms {
  readonly keyValue: KeyValue;
  readonly key: string;
  readonly value: LeaseValue;
  readonly ttlMs: number;
}

export class HeldLease implements Lease {
  readonly token: number;
  readonly #terms: LeaseTerms;
  readonly #lost = new AbortController();
  /** Given when the lease is lost or released. */
  readonly #over = new AbortController();
  #revision: number;
  /** Since the start of the last renewal that succeeded. */
  #elapsed: () => number;
  #lastFailure: unknown;
  #address: string;
  /** The address that is in the store. */
  #told: string;
  #renewNow: () => void = () => undefined;
  readonly #renewing: Promise<void>;

  constructor(terms: LeaseTerms, token: number, elapsed: () => number) {
    this.#terms = terms;
    this.#told = this.#address = terms.value.address;
    this.token = token;
    this.#revision = token;
    this.#elapsed = elapsed;
    this.#renewing = this.#renewUntilOver();
    void this.#watchClock();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  holds(): boolean {
    if (!this.#over.signal.aborted && this.#leftMs() <= 0) this.#lose('was not renewed in time');
    return !this.#over.signal.aborted;
  }

  announce(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    this.#renewNow();
  }

  async release(): Promise<void> {
    const held = this.holds();
    this.#over.abort();
    await this.#renewing;
    if (held) await this.#terms.keyValue.remove(this.#terms.key, this.#revision).catch(() => false);
  }

  async #renewUntilOver(): Promise<void> {
    const { ttlMs } = this.#terms;
    while (this.holds()) {
      if (this.#told === this.#address) await this.#pauseUnlessHurried(Math.max(0, ttlMs / 3 - this.#elapsed()));
      if (!this.holds() || (await this.#renew())) continue;
      await pause(ttlMs / 20, this.#over.signal);
    }
  }

  async #pauseUnlessHurried(ms: number): Promise<void> {
    const hurried = new Promise<void>((resolve) => (this.#renewNow = resolve));
    await Promise.race([hurried, pause(ms, this.#over.signal)]);
  }

  /** False where the store did not answer, so that it is worth trying again. */
  async #renew(): Promise<boolean> {
    const { keyValue, key, value } = this.#terms;
    const elapsed = startElapsed();
    const address = this.#address;
    const renewed = Buffer.from(JSON.stringify({ ...value, address, token: this.token } satisfies LeaseValue));
    try {
      const revision = await keyValue.compareAndSet(key, renewed, this.#revision);
      if (revision === null) return this.#lose('was taken over or has expired');
      this.#revision = revision;
      this.#told = address;
      // The time may have run out while the store was answering: what was lost then stays lost.
      if (this.holds()) this.#elapsed = elapsed;
      return true;
    } catch (error) {
      this.#lastFailure = error;
      return false;
    }
  }

  /** The store may take longer to answer than the lease lasts. */
  async #watchClock(): Promise<void> {
    while (this.holds()) await pause(this.#leftMs() + 1, this.#over.signal);
  }

  #leftMs(): number {
    return this.#terms.ttlMs - this.#elapsed();
  }

  #lose(how: string): true {
    if (this.#over.signal.aborted) return true;
    this.#over.abort();
    const { key, value } = this.#terms;
    const why = this.#lastFailure === undefined ? '' : ` (last failure: ${messageOf(this.#lastFailure)})`;
    const message = `the lease ${key} of ${value.holder} ${how}${why}`;
    this.#lost.abort(
      new MlipError('MLIP_E_LEASE_LOST', message, {
        where: this.#address,
        remedy: 'Check the store and the network; this process must not command any more.',
        cause: this.#lastFailure,
      }),
    );
    return true;
  }
}
