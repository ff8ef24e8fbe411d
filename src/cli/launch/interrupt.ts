/** Signals to end: the first asks for an end in good order, the second ends everything at once. */

type Signals = readonly ('SIGINT' | 'SIGTERM' | 'SIGHUP')[];

const ALL: Signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface InterruptHandlers {
  /** Called once, on the first signal. SIGTERM comes from a machine that wants its place back, the others from a person. */
  first: (signal: NodeJS.Signals) => void;
  /** Called on every further signal. */
  again: () => void;
  /** Those that are meant; all by default. */
  signals?: Signals;
}

/** @returns a function that takes the handlers away again. */
export function onInterrupt({ first, again, signals = ALL }: InterruptHandlers): () => void {
  let interrupted = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (interrupted) return again();
    interrupted = true;
    first(signal);
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
