/** The `mlip` command. */
import { reportError } from './errors.js';
import { isDebug } from './logging.js';
import { createProgram } from './program.js';

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = await reportError(error, isDebug());
}
