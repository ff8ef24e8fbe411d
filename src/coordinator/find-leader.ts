/** Where the coordinators are that lead the runs of a store, as workers look them up. */
import { currentHolder } from '../bus/lease.js';
import type { KeyValue, Store } from '../bus/store.js';
import { LEASES } from './run-store.js';

/** Shorter than that of any coordinator, whose bucket keeps its own time. */
const LEAST_LEASE_MS = 1_000;

/** HOST:PORT of each run's leader; of one run where it is named. Looked up anew at each call. */
export function findLeader(store: Store, run: string | undefined): () => Promise<string[]> {
  const leasesOf = openedOnce(() => store.keyValue(LEASES, { ttlMs: LEAST_LEASE_MS }));
  return async () => {
    const leases = await leasesOf();
    const names = run === undefined ? await leases.keys() : [run];
    const holders = await Promise.all(names.map((name) => currentHolder(leases, name)));
    return holders.flatMap((holder) => (holder === null || holder.address === '' ? [] : [holder.address]));
  };
}

/** One bucket for all lookups, since it measures for how long a lease has not changed. Opened anew where that failed. */
function openedOnce(open: () => Promise<KeyValue>): () => Promise<KeyValue> {
  let opened: Promise<KeyValue> | undefined;
  return async () => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
}
