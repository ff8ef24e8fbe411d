/** Nobody waits for data in silence: the deadline of a batch, and the error that says what it was waiting for. */
import { MlipError } from '../core/errors.js';
import type { Pair } from './pairs.js';

const SHOWN_ROWS = 5;

/** The promise's outcome, unless `timeoutMs` pass first: then the error that `late` makes. */
export async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

export interface Delay {
  step: number;
  /** Rows whose image has not arrived. */
  missing: ReadonlySet<number>;
  /** Images that did arrive while waiting, of this step or a later one. */
  decoded: number;
}

interface DelayContext {
  pairs: readonly Pair[];
  manifestPath: string;
  config: { timeouts: { dataMs: number } };
}

export function describeDelay({ step, missing, decoded }: Delay, context: DelayContext): MlipError {
  const { pairs, manifestPath, config } = context;
  const shown = [...missing]
    .slice(0, SHOWN_ROWS)
    .map((row) => `${manifestPath}:${pairs[row].line} ${pairs[row].imageName}`);
  const more = missing.size > SHOWN_ROWS ? ` and ${missing.size - SHOWN_ROWS} more` : '';
  const cause = decoded === 0 ? 'no image arrived, the storage does not answer' : `only ${decoded} images were decoded`;
  const message = `The batch of step ${step} was not ready after ${config.timeouts.dataMs} ms: ${cause}.`;
  return new MlipError('MLIP_E_DATA_DEADLINE', message, {
    where: `waiting for ${shown.join(', ')}${more}`,
    remedy: 'Check the disk that holds the images; raise data.decodeThreads, data.prefetchSteps or timeouts.dataMs.',
  });
}
