/** The store that coordinators, workers and those who submit runs share. */
import type { Command } from 'commander';
import type { StoreChoice } from '../bus/open-store.js';
import type { Store } from '../bus/store.js';
import { MlipError } from '../core/errors.js';

export interface StoreOptions {
  nats?: string;
  store?: string;
}

export function addStoreOptions(command: Command): Command {
  return command
    .option('--nats <servers>', 'NATS JetStream as the store, HOST:PORT with commas in between; MLIP_NATS_* let in')
    .option('--store <dir>', 'a directory that all of them reach as the store');
}

/** How a store is opened. */
export type StoreTerms = Pick<StoreChoice, 'patienceMs' | 'create' | 'onCreated'>;

/**
 * Null where none is named.
 *
 * @param terms a leader's writes must not be tried for longer than its lease: `patienceMs`; who only reads makes none: `create`
 * @throws MLIP_E_STORE_*
 */
export async function storeOf({ nats, store }: StoreOptions, terms: StoreTerms = {}): Promise<Store | null> {
  if (nats === undefined && store === undefined) return null;
  const { openStore } = await import('../bus/open-store.js');
  return openStore({
    ...(nats === undefined ? {} : { nats }),
    ...(store === undefined ? {} : { directory: store }),
    ...terms,
  });
}

/** Does something with the store; without one the command has nothing to do. */
export async function withStore<T>(
  options: StoreOptions,
  action: (store: Store) => Promise<T>,
  terms: StoreTerms = {},
): Promise<T> {
  const store = await storeOf(options, terms);
  if (store === null) {
    throw new MlipError('MLIP_E_USAGE', 'a store is missing', { remedy: 'Name one with --nats or --store.' });
  }
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}
