/** A secret as an object, so that no log, error or JSON shows it by accident. What extends it keeps it in a private field. */
import { inspect } from 'node:util';

export abstract class Hidden {
  readonly #shown: string;

  /** @param what is shown in its place */
  constructor(what: string) {
    this.#shown = `[${what}]`;
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.#shown;
  }

  [inspect.custom](): string {
    return this.#shown;
  }
}
