/** Nobody waits for data in silence: the deadline of a batch, and the error that says what it was waiting for. */
import { MlipError } from '../core/errors.js';

const SHOWN_IMAGES = 5;

/** The promise's outcome, unless `timeoutMs` pass first: then the error that `late` makes. */
export async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

export interface Delay {
  /** The batch that is late, as in `batch of step 3`. */
  batch: string;
  timeoutMs: number;
  /** Images that have not arrived, as `manifest:line image`. */
  missing: readonly string[];
  /** Images that did arrive while waiting. */
  decoded: number;
}

export function describeDelay({ batch, timeoutMs, missing, decoded }: Delay): MlipError {
  const more = missing.length > SHOWN_IMAGES ? ` and ${missing.length - SHOWN_IMAGES} more` : '';
  const cause = decoded === 0 ? 'no image arrived, the storage does not answer' : `only ${decoded} images were decoded`;
  return new MlipError('MLIP_E_DATA_DEADLINE', `the ${batch} was not ready after ${timeoutMs} ms: ${cause}`, {
    where: `waiting for ${missing.slice(0, SHOWN_IMAGES).join(', ')}${more}`,
    remedy: 'Check the disk that holds the images; raise data.decodeThreads, data.prefetchSteps or timeouts.dataMs.',
  });
}
