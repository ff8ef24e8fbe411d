/** Which coordinator is asked, and how it lets this command in. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MlipError, messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import type { Access } from '../../security/access.js';
import { accessOf, type AccessOptions } from '../access.js';
import { storeOf, type StoreOptions } from '../store-options.js';

export interface RunChoice extends AccessOptions, StoreOptions {
  coordinator?: string;
  run?: string;
}

/**
 * HOST:PORT of the coordinator, which may be another one the next time.
 *
 * @param directory output directory of the run
 * @throws MLIP_E_USAGE, MLIP_E_RUN_UNKNOWN, MLIP_E_RUN_DIRECTORY, MLIP_E_STORE_*
 */
export async function addressOf(directory: string | undefined, choice: RunChoice): Promise<string> {
  return choice.coordinator ?? (directory === undefined ? leaderOf(choice) : addressIn(directory));
}

/** The token of the output directory counts where no other one is given. @throws MLIP_E_TOKEN_*, MLIP_E_TLS_* */
export function accessTo(directory: string | undefined, choice: RunChoice, log: Logger): Access {
  return accessOf(withTokenOf(directory, choice), log);
}

function withTokenOf(directory: string | undefined, choice: RunChoice): RunChoice {
  if (directory === undefined || choice.tokenFile !== undefined || process.env['MLIP_TOKEN'] !== undefined)
    return choice;
  const tokenFile = join(directory, 'token');
  return existsSync(tokenFile) ? { ...choice, tokenFile } : choice;
}

async function leaderOf(choice: RunChoice): Promise<string> {
  const store = await storeOf(choice, { create: false });
  if (store === null) {
    throw new MlipError('MLIP_E_USAGE', 'it is not said which run is meant', {
      remedy: 'Name its output directory, its coordinator with --coordinator, or the store with --nats or --store.',
    });
  }
  try {
    const { findLeader } = await import('../../coordinator/find-leader.js');
    return onlyOne(await findLeader(store, choice.run)(), choice.run, store.where);
  } finally {
    await store.close();
  }
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
