/** Deadlines as abort signals, with timers of our own: Node 20 may collect what AbortSignal.any makes while it is waited for. */

export interface LimitedSignal {
  signal: AbortSignal;
  abort(): void;
  /** To be called when nobody waits any more. */
  release(): void;
}

/** Aborted after `timeoutMs`, or when `given` is. */
export function limitedSignal(timeoutMs: number, given?: AbortSignal): LimitedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(given?.reason);
  const timer = setTimeout(abort, timeoutMs);
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
  const limit = limitedSignal(limitMs, signal);
  await new Promise<void>((resolve) => {
    if (limit.signal.aborted) resolve();
    limit.signal.addEventListener('abort', () => resolve());
  });
  limit.release();
  return signal.aborted;
}
