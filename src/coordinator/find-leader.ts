/** Where the coordinators are that lead the runs of a store, as workers look them up. */
import { currentHolder } from '../bus/lease.js';
import type { Store } from '../bus/store.js';
import { LEASES } from './run-store.js';

/** Shorter than that of any coordinator, whose bucket keeps its own time. */
const LEAST_LEASE_MS = 1_000;

/** HOST:PORT of each run's leader; of one run where it is named. Looked up anew at each call. */
export function findLeader(store: Store, run: string | undefined): () => Promise<string[]> {
  return async () => {
    const leases = await store.keyValue(LEASES, { ttlMs: LEAST_LEASE_MS });
    const names = run === undefined ? await leases.keys() : [run];
    const holders = await Promise.all(names.map((name) => currentHolder(leases, name)));
    return holders.flatMap((holder) => (holder === null || holder.address === '' ? [] : [holder.address]));
  };
}
