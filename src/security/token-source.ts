/** Where a run's token comes from: a file, the environment, or a new one that the coordinator leaves beside its run. */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withDraftSync } from '../core/durable-file.js';
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { RunToken } from './run-token.js';

export const TOKEN_VARIABLE = 'MLIP_TOKEN';

/** Of an output directory. */
export function tokenFileOf(out: string): string {
  return join(out, 'token');
}

/** Readable by its owner alone. */
const PRIVATE_MODE = 0o600;

/** The token of `--token-file`, else of MLIP_TOKEN; null where there is neither. Throws MLIP_E_TOKEN_UNUSABLE. */
export function findToken(file: string | undefined, env: NodeJS.ProcessEnv, log: Logger): RunToken | null {
  if (file !== undefined) return readTokenFile(file, log);
  const text = env[TOKEN_VARIABLE];
  return text === undefined || text === '' ? null : new RunToken(text, TOKEN_VARIABLE);
}

/** The same for those who join a run, and cannot do without. Throws MLIP_E_TOKEN_MISSING. */
export function requireToken(file: string | undefined, env: NodeJS.ProcessEnv, log: Logger): RunToken {
  const token = findToken(file, env, log);
  if (token !== null) return token;
  throw new MlipError('MLIP_E_TOKEN_MISSING', 'a run is joined with its token, and none is given', {
    remedy:
      'Copy the file OUT/token that the coordinator made to this machine and name it with --token-file, ' +
      `or set ${TOKEN_VARIABLE} to its content.`,
  });
}

/** The token that the coordinator of an output directory made before, or a new one; `created` says which. */
export function tokenOfDirectory(out: string, log: Logger): { token: RunToken; path: string; created: boolean } {
  const path = tokenFileOf(out);
  const token = RunToken.random();
  return createPrivately(path, `${token.reveal()}\n`)
    ? { token, path, created: true }
    : { token: readTokenFile(path, log), path, created: false };
}

/** For those who ask about a run whose token was given to its processes and to nobody else. Takes the place of an earlier one. */
export function leaveToken(out: string, token: RunToken): void {
  const path = tokenFileOf(out);
  withDraftSync(path, (draft) => {
    writePrivately(draft, `${token.reveal()}\n`);
    renameSync(draft, path);
  });
}

/** @throws MLIP_E_TOKEN_UNUSABLE */
export function readTokenFile(path: string, log: Logger): RunToken {
  let text: string;
  try {
    warnIfOpen(path, log);
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new MlipError('MLIP_E_TOKEN_UNUSABLE', `the file of the run token cannot be read: ${messageOf(cause)}`, {
      where: path,
      cause,
    });
  }
  return new RunToken(text, path);
}

/** Whoever reads the token can join the run. */
export function warnIfOpen(path: string, log: Logger): void {
  const mode = statSync(path).mode;
  if ((mode & 0o007) !== 0) log.warn('every user of this machine can read or change a secret; chmod 600 it', { path });
}

/** Whole or not at all, and from the start for its owner alone. False where the file is there already. */
export function createPrivately(path: string, text: string): boolean {
  return withDraftSync(path, (draft) => {
    writePrivately(draft, text);
    return linked(draft, path);
  });
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function writePrivately(path: string, text: string): void {
  const file = openSync(path, 'wx', PRIVATE_MODE);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
