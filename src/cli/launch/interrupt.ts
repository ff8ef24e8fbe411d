/** Ctrl-C: the first asks the run to end with a checkpoint, the second ends everything at once. */

type Signals = readonly ('SIGINT' | 'SIGTERM' | 'SIGHUP')[];

const ALL: Signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface InterruptHandlers {
  /** Called once, on the first signal. */
  first: () => void;
  /** Called on every further signal. */
  again: () => void;
  /** Those that are meant; all by default. */
  signals?: Signals;
}

/** @returns a function that takes the handlers away again. */
export function onInterrupt({ first, again, signals = ALL }: InterruptHandlers): () => void {
  let interrupted = false;
  const handle = (): void => {
    if (interrupted) return again();
    interrupted = true;
    first();
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
