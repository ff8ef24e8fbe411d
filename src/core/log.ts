/**
 * Log lines on stderr: plain `12:00:00 info coordinator: text key=value` for people, in colours on a terminal, JSON with
 * `MLIP_LOG=json`. A logger may know where it speaks from (run, worker, rank, step, generation), and hand its lines to others.
 */
import { formatLogText, type LogFields, type LogLevel, type LogRecord, recordAsJson } from './log-record.js';

export type { LogFields, LogLevel, LogRecord } from './log-record.js';

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger, each of whose lines has these fields too, as they are when the line is written. People do not see them. */
  with(context: LogFields | (() => LogFields)): Logger;
  /** The same logger, whose lines from `info` up `sink` gets too, whatever is printed. It must not throw. */
  also(sink: LogSink): Logger;
}

export type LogSink = (record: LogRecord) => void;

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

export interface LoggerOptions {
  /** Who speaks, e.g. `coordinator` or `rank 1`. */
  name: string;
  level?: LogLevel;
  json?: boolean;
  colours?: boolean;
  write?: (line: string) => void;
}

export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', json = process.env['MLIP_LOG'] === 'json', colours = false } = options;
  const write = options.write ?? ((line) => process.stderr.write(`${line}\n`));
  const print: LogSink = (record) => {
    if (isAtLeast(record.level, level)) write(json ? recordAsJson(record) : formatLogText(record, colours));
  };
  return loggerOf(name, () => ({}), [print]);
}

function loggerOf(name: string, context: () => LogFields, sinks: readonly LogSink[]): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      const record = { timeMs: Date.now(), level, name, message, context: context(), fields };
      for (const sink of sinks) sink(record);
    };
  return {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    with: (more) => loggerOf(name, () => ({ ...context(), ...(typeof more === 'function' ? more() : more) }), sinks),
    also: (sink) => loggerOf(name, context, [...sinks, (record) => void (record.level === 'debug' || sink(record))]),
  };
}
