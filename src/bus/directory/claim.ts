/** Who works on an item of a queue, for how long. */
import { startElapsed } from '../elapsed.js';
import { stampNow, type Stamp } from './expiry.js';
import type { Version, Versions } from './versions.js';

export interface ClaimMeta {
  readonly attempt: number;
  readonly stamp: Stamp;
  readonly ttlMs: number;
  /** Given back. */
  readonly free?: true;
}

const NOTHING = new Uint8Array();

export class Claim {
  readonly attempt: number;
  readonly #versions: Versions<ClaimMeta>;
  readonly #ttlMs: number;
  #held: Version<ClaimMeta>;
  #elapsed: () => number;

  private constructor(versions: Versions<ClaimMeta>, held: Version<ClaimMeta>, elapsed: () => number) {
    this.#versions = versions;
    this.#held = held;
    this.#elapsed = elapsed;
    this.attempt = held.meta.attempt;
    this.#ttlMs = held.meta.ttlMs;
  }

  /** Null where somebody else has the item or was faster. */
  static async take(
    versions: Versions<ClaimMeta>,
    isOver: (revision: number, meta: ClaimMeta) => boolean,
    ttlMs: number,
  ): Promise<Claim | null> {
    const before = await versions.latest();
    if (before !== null && !before.meta.free && !isOver(before.revision, before.meta)) return null;
    const elapsed = startElapsed();
    const meta = { attempt: (before?.meta.attempt ?? 0) + 1, stamp: stampNow(), ttlMs };
    const held = await versions.append(before, meta, NOTHING);
    return held && new Claim(versions, held, elapsed);
  }

  async renew(): Promise<boolean> {
    return this.#next({});
  }

  async release(): Promise<void> {
    if (await this.#next({ free: true })) this.#elapsed = (): number => Infinity;
  }

  async forget(): Promise<void> {
    await this.#versions.forget();
  }

  async #next(change: { free?: true }): Promise<boolean> {
    if (this.#elapsed() >= this.#ttlMs) return false;
    const elapsed = startElapsed();
    const { attempt } = this;
    const held = await this.#versions.append(
      this.#held,
      { attempt, stamp: stampNow(), ttlMs: this.#ttlMs, ...change },
      NOTHING,
    );
    if (held === null) return false;
    this.#held = held;
    this.#elapsed = elapsed;
    return true;
  }
}
