/** How much the commands log: children of a launcher only what the launcher does not say itself, all with `--debug`. */
import { createLogger, type Logger, type LogLevel } from '../core/log.js';
import { isLaunched } from './launch/channel.js';
import { hasColours } from './terminal.js';

export const DEBUG_FLAG = '--debug';

export function isDebug(): boolean {
  return process.argv.includes(DEBUG_FLAG);
}

export function logsAsJson(): boolean {
  return process.env['MLIP_LOG'] === 'json';
}

export function commandLogger(name: string): Logger {
  return createLogger({ name, level: levelOf(), colours: hasColours });
}

function levelOf(): LogLevel {
  if (isDebug()) return 'debug';
  return isLaunched() ? 'warn' : 'info';
}
