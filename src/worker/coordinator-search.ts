/** Finds a coordinator: tries the addresses in turn, again and again, until one takes the worker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MlipError, messageOf } from '../core/errors.js';
import { parseAddress } from '../rpc/address.js';

/** Where coordinators may be found now, HOST:PORT each; looked up anew for each round. */
export type FindCoordinator = () => Promise<readonly string[]>;

export interface Search<T> {
  find: FindCoordinator;
  attempt: (address: string) => Promise<T>;
  timeoutMs: number;
  /** Whether nothing else need be tried after this error. */
  isFinal: (error: unknown) => boolean;
  /** Ends the search. */
  signal: AbortSignal;
}

/** Between two rounds; a coordinator that comes back is not asked by all workers in the same moment. */
const PAUSE_MS = 150;
const PAUSE_SPREAD_MS = 150;

/** Rejects with MLIP_E_RPC_UNREACHABLE after `timeoutMs`, or with a final error. */
export async function searchCoordinator<T>({ find, attempt, timeoutMs, isFinal, signal }: Search<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let reasons: Map<string, string>;
  do {
    signal.throwIfAborted();
    reasons = new Map();
    for (const address of await found(find, reasons)) {
      try {
        return await attempt(address);
      } catch (error) {
        signal.throwIfAborted();
        if (isFinal(error)) throw error;
        reasons.set(address, messageOf(error));
      }
    }
    await sleep(PAUSE_MS + Math.random() * PAUSE_SPREAD_MS);
  } while (performance.now() < deadline);
  throw notFound(reasons, timeoutMs);
}

async function found(find: FindCoordinator, reasons: Map<string, string>): Promise<readonly string[]> {
  try {
    return await find();
  } catch (error) {
    reasons.set('the directory of coordinators', messageOf(error));
    return [];
  }
}

function notFound(reasons: ReadonlyMap<string, string>, timeoutMs: number): MlipError {
  const where = Array.from(reasons, ([place, reason]) => `${place} (${reason})`).join(', ');
  return new MlipError('MLIP_E_RPC_UNREACHABLE', `no coordinator answered within ${timeoutMs / 1000} s`, {
    where: where || undefined,
    remedy: 'Start it with `mlip coordinator`, and check host, port and firewall.',
  });
}

/** `A:1,B:2` as given on a command line. Throws MLIP_E_RPC_ADDRESS. */
export function fixedAddresses(text: string): FindCoordinator {
  const addresses = text.split(',').map((part) => part.trim());
  addresses.forEach(parseAddress);
  return async () => addresses;
}
