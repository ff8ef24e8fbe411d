/**
 * Sends what a worker logs to its coordinator. Training never waits for it: what is too much, or waits for too long while no
 * coordinator is there, is left out and counted.
 */
import { Allowance } from '../core/allowance.js';
import type { LogRecord } from '../core/log.js';
import { printable, printableLines } from '../core/printable.js';
import type { LogsSent } from '../rpc/service.js';
import type { Session } from './session.js';

/** Lines, on average and at once, and how many wait at most. */
const PER_SECOND = 20;
const BURST = 200;
const MOST_WAITING = 500;

/** Characters of a message, of a field, and of all fields of a line. */
const MOST_CHARACTERS = 2_000;
const MOST_FIELD_CHARACTERS = 500;
const MOST_FIELDS_CHARACTERS = 4_000;

/** Lines of a message, and how long they are collected. */
const AT_ONCE = 50;
const COLLECT_MS = 250;

type Line = NonNullable<LogsSent['lines']>[number];
type Listener = Pick<Session, 'remark' | 'onClosing'>;

export class LogForwarder {
  private readonly allowance = new Allowance(PER_SECOND, BURST);
  private session: Listener | undefined;
  private waiting: Line[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;

  /** A line that is logged. */
  readonly take = (record: LogRecord): void => {
    if (this.waiting.length >= MOST_WAITING || !this.allowance.take()) {
      this.dropped += 1;
      return this.flushSoon();
    }
    this.waiting.push(lineOf(record));
    // An error may be the last that is heard of this worker.
    if (record.level === 'error') this.flush();
    else this.flushSoon();
  };

  connect(session: Listener): void {
    this.session = session;
    session.onClosing(() => this.flush());
    this.flush();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0 || this.dropped > 0) {
      const lines = this.waiting.slice(0, AT_ONCE);
      if (this.session?.remark({ logs: { lines, dropped: this.dropped } }) !== true) return this.flushSoon();
      this.waiting = this.waiting.slice(AT_ONCE);
      this.dropped = 0;
    }
  }

  private flushSoon(): void {
    this.timer ??= setTimeout(() => this.flush(), COLLECT_MS).unref();
  }
}

function lineOf({ timeMs, level, message, context, fields }: LogRecord): Line {
  const { rank, step, generation } = context;
  return {
    ...{ timeMs, level, message: cut(printableLines(message), MOST_CHARACTERS) },
    ...({ rank, step, generation } as Pick<Line, 'rank' | 'step' | 'generation'>),
    fields: fieldsOf(fields),
  };
}

function fieldsOf(fields: LogRecord['fields']): string {
  const short = (value: unknown): unknown => (typeof value === 'string' ? cut(value, MOST_FIELD_CHARACTERS) : value);
  const shown = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, short(value)]));
  const text = printable(JSON.stringify(shown));
  return text.length > MOST_FIELDS_CHARACTERS ? '' : text;
}

/** No halves of characters: a message with such is refused. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/\p{Cs}$/u, '')} ...`;
}
