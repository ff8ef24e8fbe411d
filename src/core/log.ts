/** Log lines on stderr: plain `12:00:00 info coordinator: text key=value` for people, JSON with `MLIP_LOG=json`. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Record<string, string | number | boolean | undefined>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface LoggerOptions {
  /** Who speaks, e.g. `coordinator` or `rank 1`. */
  name: string;
  level?: LogLevel;
  json?: boolean;
  write?: (line: string) => void;
}

export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', json = process.env['MLIP_LOG'] === 'json' } = options;
  const write = options.write ?? ((line) => process.stderr.write(`${line}\n`));
  const format = json ? formatJson : formatPlain;
  const at =
    (own: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (ORDER.indexOf(own) >= ORDER.indexOf(level)) write(format(own, name, message, fields));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function formatJson(level: LogLevel, name: string, message: string, fields: LogFields): string {
  return JSON.stringify({ time: new Date().toISOString(), level, name, message, ...fields });
}

function formatPlain(level: LogLevel, name: string, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  const tail = pairs.map(([key, value]) => ` ${key}=${value}`).join('');
  // What other processes say may have several lines: none of them looks like a line of its own.
  const text = message.replaceAll('\n', '\n    ');
  return `${new Date().toISOString().slice(11, 19)} ${level} ${name}: ${text}${tail}`;
}
