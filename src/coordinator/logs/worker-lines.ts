/** What a worker says that it has logged, as lines of the run's log: whatever it says, they are lines, and short. */
import { LOG_LEVELS, type LogFields, type LogLevel, type LogRecord } from '../../core/log.js';
import { parseJson } from '../../core/json.js';
import type { LogsSeen } from '../../rpc/service.js';

type LineSeen = LogsSeen['lines'][number];

/** Fields of a line, and characters of a text. */
const MOST_FIELDS = 16;
const MOST_CHARACTERS = 1_000;

/** Of every line; a field has no such name. */
const RESERVED: ReadonlySet<string> = new Set(['time', 'level', 'name', 'message', 'run', 'worker']);
const NAME = /^[A-Za-z]\w{0,31}$/;

export function recordOfLine(worker: number, run: string, line: LineSeen): LogRecord {
  const { timeMs, level, message, rank, step, generation, fields } = line;
  return {
    timeMs: isTime(timeMs) ? timeMs : Date.now(),
    level: isLevel(level) ? level : 'info',
    name: workerName(worker),
    message,
    context: { run, worker, ...given({ rank, step, generation }) },
    fields: fieldsOf(fields),
  };
}

export function workerName(worker: number): string {
  return `worker ${worker}`;
}

function isLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}

/** Which a date can show. */
function isTime(timeMs: number): boolean {
  return timeMs > 0 && timeMs < 8.64e15;
}

/** Null where they were not sent. */
function given(place: Record<string, number | null>): LogFields {
  const known = Object.entries(place).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as LogFields;
}

function fieldsOf(text: string): LogFields {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null) return {};
  const usable = Object.entries(parsed).filter(
    ([name, value]) => NAME.test(name) && !RESERVED.has(name) && isPlain(value),
  );
  return Object.fromEntries(usable.slice(0, MOST_FIELDS).map(([name, value]) => [name, short(value as string)]));
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function short(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : value;
}
