/** Turns whatever a command throws into text on stderr and an exit status. With `--json` too: stdout then stays empty. */
import { CommanderError } from 'commander';
import { EXIT, formatError, messageOf, MlipError } from '../core/errors.js';
import { tellLauncher } from './launch/channel.js';
import { colours, say } from './terminal.js';

/** Help and `--version` end commander by an error of status 0. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** Anything thrown as one of our errors: commander's complaints become usage errors, the rest are bugs. */
export function toMlipError(error: unknown): MlipError {
  if (error instanceof MlipError) return error;
  if (error instanceof CommanderError) return usageError(error);
  const missing = missingPackage(error);
  if (missing !== undefined) return notInstalled(missing, error);
  return new MlipError('MLIP_E_INTERNAL', messageOf(error), {
    remedy: 'Run the command again with --debug and report what it prints.',
    cause: error,
  });
}

/** Packages that a coordinator's installation leaves out. */
function missingPackage(error: unknown): string | undefined {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /Cannot find package '(@tensorflow\/[\w-]+|koffi|sharp)'/.exec(messageOf(error))?.[1];
}

function notInstalled(name: string, cause: unknown): MlipError {
  return new MlipError('MLIP_E_ENGINE_MISSING', `this installation does not compute: it lacks the package ${name}`, {
    remedy: 'It is one for coordinators. Use that of a worker, such as the image mlip-worker.',
    cause,
  });
}

/** Commander writes `error: unknown option '--stpes'\n(Did you mean --steps?)`. */
function usageError(error: CommanderError): MlipError {
  const [message, guess] = error.message.replace(/^error: /, '').split('\n');
  if (error.code === 'commander.help') return new MlipError('MLIP_E_USAGE', 'a command is missing');
  return new MlipError('MLIP_E_USAGE', message, {
    remedy: `${guess === undefined ? '' : `${guess.replace(/[()]/g, '')} `}See --help.`,
    cause: error,
  });
}

/** Prints the error and returns the exit status. Stacks are shown only where `debug` asks for them. */
export async function reportError(thrown: unknown, debug: boolean): Promise<number> {
  if (isHelp(thrown)) return EXIT.ok;
  const error = toMlipError(thrown);
  const [first, ...rest] = formatError(error).split('\n');
  if (debug) say(stackOf(error));
  say([colours.red(first), ...rest].join('\n'));
  await tellLauncher({
    kind: 'failure',
    code: error.code,
    message: error.message,
    where: error.where,
    remedy: error.remedy,
  });
  return error.exitCode;
}

function stackOf(error: Error): string {
  const { cause } = error;
  const own = error.stack ?? error.message;
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}
