/** The `mlip` command. */
import { reportError } from './errors.js';
import { isDebug } from './logging.js';
import { createProgram } from './program.js';

// `mlip config show mlip-nano | head -1` closes the pipe early: nobody reads on, so there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

// A child outlives its launcher until its checkpoint is written: it goes on though nobody reads its log.
process.stderr.on('error', () => undefined);

// A failure that nobody awaits is an error like any other.
process.on('uncaughtException', (error) => void endWith(error).then(() => process.exit()));

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  await endWith(error);
}

async function endWith(error: unknown): Promise<void> {
  process.exitCode = await reportError(error, isDebug());
}
