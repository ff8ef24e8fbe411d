/**
 * Abort signals that follow another one, with a deadline. Node 20 has AbortSignal.any and AbortSignal.timeout for that, but
 * may collect what they make while it is waited for.
 */

export interface LinkedSignal {
  signal: AbortSignal;
  abort: () => void;
  /** To be called when nobody waits any more. */
  release: () => void;
}

/** Aborted when `given` is, or after `timeoutMs`. */
export function linkedSignal(given?: AbortSignal, timeoutMs?: number): LinkedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(given?.reason);
  const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs);
  given?.addEventListener('abort', abort);
  if (given?.aborted) abort();
  const release = (): void => {
    clearTimeout(timer);
    given?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, abort, release };
}

/** Resolves when the signal is aborted or after `limitMs`, to whether it is. */
export async function untilAborted(signal: AbortSignal, limitMs: number): Promise<boolean> {
  const limited = linkedSignal(signal, limitMs);
  await new Promise<void>((resolve) => {
    if (limited.signal.aborted) resolve();
    limited.signal.addEventListener('abort', () => resolve());
  });
  limited.release();
  return signal.aborted;
}
