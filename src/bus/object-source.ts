/** Where the bytes of an object come from. Its failures are the caller's own, not the store's. */

export type ObjectSource = AsyncIterable<Uint8Array> | Uint8Array;

/** Lets `store` read the source; where the source fails, that is the error. */
export async function readingFrom<T>(
  source: ObjectSource,
  store: (parts: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const failures: unknown[] = [];
  try {
    return await store(noting(source, failures));
  } catch (error) {
    throw failures.length > 0 ? failures[0] : error;
  }
}

async function* noting(source: ObjectSource, failures: unknown[]): AsyncGenerator<Uint8Array> {
  try {
    if (source instanceof Uint8Array) yield source;
    else yield* source;
  } catch (error) {
    failures.push(error);
    throw error;
  }
}
