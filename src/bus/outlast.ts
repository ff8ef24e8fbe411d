/** Waiting that goes on while the store is away: whoever stands by has nothing to lose by it. */
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { pause } from './pause.js';

const AWAY: ReadonlySet<string> = new Set(['MLIP_E_STORE_UNREACHABLE', 'MLIP_E_STORE_TIMEOUT']);
const RETRY_MS = 500;

export interface Outlasting {
  /** Ends the waiting; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told when the store is away, once, and when it is back. */
  readonly log?: Logger | undefined;
}

/** Does something that does no harm twice, again and again while the store is away. */
export async function outlast<T>(action: () => Promise<T>, { signal, log }: Outlasting): Promise<T> {
  for (let away = false; ; away = true) {
    try {
      const result = await action();
      if (away) log?.info('the store is back');
      return result;
    } catch (error) {
      if (!isAway(error)) throw error;
      signal?.throwIfAborted();
      if (!away) log?.warn(`waiting for the store: ${messageOf(error)}`, { code: error.code });
      await pause(RETRY_MS, signal);
      signal?.throwIfAborted();
    }
  }
}

function isAway(error: unknown): error is MlipError {
  return error instanceof MlipError && AWAY.has(error.code);
}
