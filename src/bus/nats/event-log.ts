/** Logs of events on NATS: subjects of one stream, so that thousands of runs cost the server no stream each. */
import { RetentionPolicy } from '@nats-io/jetstream';
import { checkSize } from '../names.js';
import { type EventLog, type EventReading, KEPT_EVENTS, type LoggedEvent } from '../store.js';
import { follow } from './follow.js';
import type { Link } from './link.js';
import { publish } from './publish.js';
import { ensureStream } from './streams.js';

/** @param kept events of each log; a stream that exists keeps its own number */
export async function openEventLog(link: Link, name: string, kept = KEPT_EVENTS): Promise<EventLog> {
  const { namespace } = link.terms;
  const stream = `${namespace}_events`;
  const subjects = [`${namespace}.events.*`];
  await ensureStream(link, {
    ...{ name: stream, subjects, retention: RetentionPolicy.Limits },
    max_msgs_per_subject: kept,
  });
  return new NatsEventLog(link, stream, `${namespace}.events.${name}`);
}

class NatsEventLog implements EventLog {
  readonly #link: Link;
  readonly #stream: string;
  readonly #subject: string;

  constructor(link: Link, stream: string, subject: string) {
    this.#link = link;
    this.#stream = stream;
    this.#subject = subject;
  }

  async append(event: Uint8Array): Promise<number> {
    checkSize('an event', event, this.#link.terms.where);
    return publish(this.#link, { subject: this.#subject, payload: event });
  }

  async *read({ from = 0, follow: goesOn = false, signal }: EventReading = {}): AsyncGenerator<LoggedEvent> {
    const end = goesOn ? Infinity : await this.#last();
    if (from > end || end === 0) return;
    const following = { stream: this.#stream, subject: this.#subject, from };
    for await (const { seq, data } of follow(this.#link, following, signal ?? new AbortController().signal)) {
      yield { sequence: seq, value: data };
      if (seq >= end) return;
    }
  }

  /** 0 if there is none. */
  async #last(): Promise<number> {
    const query = { last_by_subj: this.#subject };
    const message = await this.#link.persist(() => this.#link.manager.streams.getMessage(this.#stream, query));
    return message?.seq ?? 0;
  }
}
