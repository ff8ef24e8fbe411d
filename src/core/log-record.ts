/** A line of a log, and how it reads: as JSON, and for people. */
import pc from 'picocolors';
import { printable, printableLines } from './printable.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Record<string, string | number | boolean | undefined>;

export interface LogRecord {
  /** Since 1970. */
  timeMs: number;
  level: LogLevel;
  /** Who speaks. */
  name: string;
  message: string;
  /** Where it speaks from: run, worker, rank, step, generation. */
  context: LogFields;
  fields: LogFields;
}

/** `{"time","level","name","message","run","worker","rank","step","generation","code",...}`. */
export function recordAsJson({ timeMs, level, name, message, context, fields }: LogRecord): string {
  const own = { time: new Date(timeMs).toISOString(), level, name, message };
  return JSON.stringify({ ...own, ...context, ...fields, ...own });
}

/** For people: without the context, on which they need not be told again in every line. */
export function formatLogText({ timeMs, level, name, message, fields }: LogRecord, colours: boolean): string {
  const paint = PAINTS[colours ? 'coloured' : 'plain'];
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  const tail = pairs.map(([key, value]) => ` ${printable(key)}=${printable(String(value))}`).join('');
  // What other processes say may have several lines: none of them looks like a line of its own.
  const text = printableLines(message).replaceAll('\n', '\n    ');
  const clock = new Date(timeMs).toISOString().slice(11, 19);
  return `${paint.dim(clock)} ${paint[level](level)} ${paint.name(printable(name))}: ${text}${paint.dim(tail)}`;
}

type Paint = Record<LogLevel | 'dim' | 'name', (text: string) => string>;

function paintOf(coloured: boolean): Paint {
  const { dim, cyan, green, yellow, red } = pc.createColors(coloured);
  return { dim, name: cyan, debug: dim, info: green, warn: yellow, error: red };
}

const PAINTS = { plain: paintOf(false), coloured: paintOf(true) };
