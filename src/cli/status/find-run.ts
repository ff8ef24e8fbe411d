/** Which coordinator is asked, and how it lets this command in. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MlipError, messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import type { Access } from '../../security/access.js';
import { TOKEN_VARIABLE, tokenFileOf } from '../../security/token-source.js';
import { accessOf, type AccessOptions } from '../access.js';
import { storeOf, type StoreOptions } from '../store-options.js';

export interface RunChoice extends AccessOptions, StoreOptions {
  coordinator?: string;
  run?: string;
}

/** Where the coordinator is, which may be another one each time. */
export interface RunFinder {
  /** HOST:PORT. @throws MLIP_E_USAGE, MLIP_E_RUN_UNKNOWN, MLIP_E_RUN_DIRECTORY, MLIP_E_STORE_* */
  address(): Promise<string>;
  close(): Promise<void>;
}

/**
 * @param directory output directory of the run
 * @throws MLIP_E_USAGE, MLIP_E_STORE_*
 */
export async function openFinder(directory: string | undefined, choice: RunChoice): Promise<RunFinder> {
  const { coordinator } = choice;
  if (coordinator !== undefined) return { address: async () => coordinator, close };
  return directory === undefined ? finderIn(choice) : { address: async () => addressIn(directory), close };
}

async function close(): Promise<void> {
  // Nothing is open.
}

/** The token of the output directory counts where no other one is given. @throws MLIP_E_TOKEN_*, MLIP_E_TLS_* */
export function accessTo(directory: string | undefined, choice: RunChoice, log: Logger): Access {
  return accessOf(withTokenOf(directory, choice), log);
}

function withTokenOf(directory: string | undefined, choice: RunChoice): RunChoice {
  if (directory === undefined || choice.tokenFile !== undefined || process.env[TOKEN_VARIABLE] !== undefined)
    return choice;
  const tokenFile = tokenFileOf(directory);
  return existsSync(tokenFile) ? { ...choice, tokenFile } : choice;
}

async function finderIn(choice: RunChoice): Promise<RunFinder> {
  const store = await storeOf(choice, { create: false });
  if (store === null) {
    throw new MlipError('MLIP_E_USAGE', 'it is not said which run is meant', {
      remedy: 'Name its output directory, its coordinator with --coordinator, or the store with --nats or --store.',
    });
  }
  const { findLeader } = await import('../../coordinator/find-leader.js');
  const find = findLeader(store, choice.run);
  return {
    address: async () => onlyOne(await find(), choice.run, store.where),
    close: () => store.close(),
  };
}

function onlyOne(addresses: readonly string[], run: string | undefined, where: string): string {
  if (addresses.length === 1) return addresses[0];
  if (addresses.length > 1) {
    throw new MlipError('MLIP_E_USAGE', `${addresses.length} runs are led`, { where, remedy: 'Name one with --run.' });
  }
  const which = run === undefined ? 'any run' : `run ${run}`;
  throw new MlipError('MLIP_E_RUN_UNKNOWN', `nobody leads ${which}`, {
    where,
    remedy: 'Look at `mlip events`; a run that has ended is in its output directory.',
  });
}

function addressIn(directory: string): string {
  const path = join(directory, 'run.json');
  try {
    const { coordinator } = JSON.parse(readFileSync(path, 'utf8')) as { coordinator: { address: string } };
    if (typeof coordinator.address === 'string') return coordinator.address;
    throw new Error('it names no coordinator');
  } catch (cause) {
    throw new MlipError('MLIP_E_RUN_DIRECTORY', `this is no output directory of a run: ${messageOf(cause)}`, {
      where: path,
      remedy: 'Name the directory that was --out of the run.',
      cause,
    });
  }
}
