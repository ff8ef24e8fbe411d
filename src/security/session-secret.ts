/**
 * What a worker shows with each call beside its control stream. Whoever has the run token could else make that call in the
 * name of another worker. An object, so that no log, error or JSON shows it by accident.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const SECRET_BYTES = 32;
const HIDDEN = '[session secret]';

export class SessionSecret {
  readonly #bytes = randomBytes(SECRET_BYTES);

  /** Takes the same time whatever `given` is, but for its length. */
  matches(given: Uint8Array): boolean {
    return given.length === SECRET_BYTES && timingSafeEqual(given, this.#bytes);
  }

  /** The secret itself: for the worker whose session it is, for nobody else. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
