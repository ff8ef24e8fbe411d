/** The name of a run among those of a store. */
import { basename, resolve } from 'node:path';
import { checkPath } from '../bus/names.js';
import { MlipError } from '../core/errors.js';

/**
 * The name that was given, else that of the output directory.
 *
 * @throws MLIP_E_STORE_NAME where a store would refuse it: better now than when somebody takes the run
 */
export function runNameOf(out: string, given: string | undefined): string {
  const name = given ?? basename(resolve(out));
  try {
    checkPath('a run', name);
    return name;
  } catch (cause) {
    if (!(cause instanceof MlipError) || given !== undefined) throw cause;
    const { code, message, remedy } = cause;
    throw new MlipError(code, message, { where: out, remedy: `${remedy} Or name the run with --run.`, cause });
  }
}
