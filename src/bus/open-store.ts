/** Opens the store that a user named: a directory, or NATS servers. */
import { MlipError } from '../core/errors.js';
import type { NatsOptions } from './nats/options.js';
import type { Store } from './store.js';

export interface StoreChoice extends Omit<NatsOptions, 'servers'> {
  /** HOST:PORT of NATS servers, with commas in between. Wins over `directory`. */
  readonly nats?: string;
  readonly directory?: string;
  /** Holds credentials and TLS files as MLIP_NATS_*; what is given beside it wins. */
  readonly env?: NodeJS.ProcessEnv;
  /** False where the store is only read: a directory that holds none is then an error. */
  readonly create?: boolean;
  /** Told the directory of a store that was made. */
  readonly onCreated?: (where: string) => void;
}

export async function openStore(choice: StoreChoice): Promise<Store> {
  const { nats, directory, env = process.env, create, onCreated, ...options } = choice;
  if (nats !== undefined) {
    // Loaded where needed: most runs have no NATS.
    const [{ openNatsStore }, { natsOptionsFrom }] = await Promise.all([
      import('./nats/store.js'),
      import('./nats/options.js'),
    ]);
    return openNatsStore({ servers: nats, ...natsOptionsFrom(env), ...options });
  }
  if (directory === undefined) {
    throw new MlipError('MLIP_E_STORE_ADDRESS', 'neither a NATS server nor a directory is given for the store', {
      remedy: 'Give one of them.',
    });
  }
  const { openDirectoryStore } = await import('./directory/store.js');
  return openDirectoryStore(directory, { create, onCreated });
}
