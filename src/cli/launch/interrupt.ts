/** Ctrl-C: the first asks the run to end with a checkpoint, the second ends everything at once. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface InterruptHandlers {
  /** Called once, on the first signal. */
  first: () => void;
  /** Called on every further signal. */
  again: () => void;
}

/** @returns a function that takes the handlers away again. */
export function onInterrupt({ first, again }: InterruptHandlers): () => void {
  let interrupted = false;
  const handle = (): void => {
    if (interrupted) return again();
    interrupted = true;
    first();
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}
