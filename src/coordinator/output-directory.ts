/** Output directories, of runs and of ablations: one writer at a time, files whole, and an error that says what to do. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { withDraftSync } from '../core/durable-file.js';
import { MlipError, messageOf } from '../core/errors.js';
import { lockDirectory } from './lock.js';

/**
 * Makes and locks a directory; `locked` is false where a lease says who may write to it. `claim` gets what unlocks it, and looks whether the directory may be written to.
 *
 * @throws MLIP_E_OUT_PATH, MLIP_E_OUT_LOCKED, MLIP_E_OUT_WRITE, and what `claim` throws: the directory is then unlocked again
 */
export function openLocked<T>(out: string, claim: (unlock: () => void) => T, locked = true): T {
  return writing(out, () => {
    mkdirSync(out, { recursive: true });
    const unlock = locked ? lockDirectory(out) : () => undefined;
    try {
      return claim(unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  });
}

/** A file is there as a whole or not at all: others read it at any time. */
export function writeWhole(path: string, text: string): void {
  withDraftSync(path, (draft) => {
    writeFileSync(draft, text);
    renameSync(draft, path);
  });
}

/** Does what writes to `out`. Throws MLIP_E_OUT_WRITE where the system refuses. */
export function writing<T>(out: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw writeFailure(out, cause);
  }
}

/** Why something could not be written to `out`. */
export function writeFailure(out: string, cause: unknown): MlipError {
  if (cause instanceof MlipError) return cause;
  return new MlipError('MLIP_E_OUT_WRITE', `cannot write to the output directory: ${messageOf(cause)}`, {
    where: out,
    remedy: 'Check permissions and free space, or choose another --out.',
    cause,
  });
}
