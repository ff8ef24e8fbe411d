/**
 * What a worker shows with each call beside its control stream. Whoever has the run token could else make that call in the
 * name of another worker.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Hidden } from './hidden.js';

const SECRET_BYTES = 32;

export class SessionSecret extends Hidden {
  readonly #bytes = randomBytes(SECRET_BYTES);

  constructor() {
    super('session secret');
  }

  /** Takes the same time whatever `given` is, but for its length. */
  matches(given: Uint8Array): boolean {
    return given.length === SECRET_BYTES && timingSafeEqual(given, this.#bytes);
  }

  /** The secret itself: for the worker whose session it is, for nobody else. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
