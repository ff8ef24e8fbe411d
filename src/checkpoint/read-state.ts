/** Reads state.json of a checkpoint's directory, and says which of its files is damaged. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { digestFile, type FileDigest } from '../core/durable-file.js';
import { messageOf, MlipError } from '../core/errors.js';
import { checkpointsOf, listCheckpoints } from './checkpoint-directory.js';
import { parseState, STATE_FILE, type StateFile } from './state-file.js';

/**
 * Quick, and enough to say what a checkpoint is.
 *
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT
 */
export async function readState(path: string): Promise<StateFile> {
  const text = await readFile(join(path, STATE_FILE), 'utf8').catch((cause: Error) => {
    throw missing(path, cause);
  });
  const parsed = parseState(text);
  if ('fault' in parsed) throw await corrupt(path, STATE_FILE, parsed.fault);
  return parsed.state;
}

/** @throws MLIP_E_CHECKPOINT_CORRUPT */
export async function verifyFile(path: string, name: string, expected: FileDigest): Promise<void> {
  const found = await digestFile(join(path, name)).catch(async (cause: unknown) => {
    throw await corrupt(path, name, messageOf(cause));
  });
  const fault = faultOf(found, expected);
  if (fault !== undefined) throw await corrupt(path, name, fault);
}

/** What is wrong with a file that was found, in words. */
export function faultOf(found: FileDigest, expected: FileDigest): string | undefined {
  if (found.bytes !== expected.bytes) return `it has ${found.bytes} bytes, ${expected.bytes} were written`;
  return found.sha256 === expected.sha256 ? undefined : 'its contents are not what was written';
}

export async function corrupt(path: string, name: string, what: string): Promise<MlipError> {
  const root = dirname(resolve(path));
  const all = root === checkpointsOf(dirname(root)) ? await listCheckpoints(dirname(root)) : [];
  const others = all.filter((other) => other.path !== resolve(path));
  const instead = others.length > 0 ? `go on from ${others[0].path}` : 'start again, since there is no other';
  return damaged(join(path, name), what, `Delete ${path}, then ${instead}.`);
}

export function damaged(where: string, what: string, remedy: string): MlipError {
  return new MlipError('MLIP_E_CHECKPOINT_CORRUPT', `the checkpoint is damaged: ${what}`, { where, remedy });
}

export function missing(path: string, cause?: Error): MlipError {
  const why = cause === undefined ? '' : `: ${cause.message}`;
  return new MlipError('MLIP_E_CHECKPOINT_MISSING', `there is no checkpoint${why}`, {
    where: path,
    remedy: 'Give an output directory, or one of the directories OUT/checkpoints/step-N.',
    cause,
  });
}
