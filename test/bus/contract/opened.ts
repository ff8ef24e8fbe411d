/** Two openings of one store, as two processes have them, and words that the contract's tests share. */
import { MlipError } from '../../../src/core/errors.js';
import type { Store } from '../../../src/bus/store.js';

export interface Opened {
  readonly store: Store;
  readonly other: Store;
  /** Whether watchers hear of what has expired. */
  readonly tellsExpiry: boolean;
  /** Once more. */
  again(): Promise<Store>;
}

let count = 0;

/** A name that nothing has yet. */
export const fresh = (kind: string): string => `${kind}-${count++}`;

export const bytes = (text: string): Uint8Array => Buffer.from(text);

export function text(value: Uint8Array): string;
export function text(value: Uint8Array | undefined): string | undefined;
export function text(value: Uint8Array | undefined): string | undefined {
  return value && Buffer.from(value).toString();
}

/** The code of the error with which something ends. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof MlipError ? error.code : String(error)),
  );
}

/** At most so many. */
export async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of source) {
    taken.push(one);
    if (taken.length === count) break;
  }
  return taken;
}
