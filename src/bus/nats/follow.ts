/** Messages of a stream as they come, over broken connections and restarts of the server, each once and in order. */
import { DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import type { Link } from './link.js';

export interface Following {
  readonly stream: string;
  readonly subject: string;
  /** The first sequence that is wanted; `latest` begins with the last message of each subject. */
  readonly from: number | 'latest';
}

/** A server that says nothing for twice as long is asked again. */
const HEARTBEAT_MS = 1000;

export async function* follow(
  link: Link,
  { stream, subject, from }: Following,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  let start = from;
  const until = AbortSignal.any([signal, link.closing]);
  while (!until.aborted) {
    const messages = await link.persist(() => open(link, stream, subject, start));
    const stop = (): void => messages.stop();
    until.addEventListener('abort', stop);
    const forget = link.onceDown(stop);
    try {
      for await (const message of messages) {
        if (until.aborted) return;
        start = message.seq + 1;
        yield message;
      }
    } finally {
      forget();
      until.removeEventListener('abort', stop);
      stop();
    }
  }
}

async function open(link: Link, stream: string, subject: string, from: number | 'latest'): Promise<ConsumerMessages> {
  const start =
    from === 'latest' ? { deliver_policy: DeliverPolicy.LastPerSubject } : { opt_start_seq: Math.max(1, from) };
  const consumer = await link.jetstream.consumers.get(stream, { filter_subjects: subject, ...start });
  return consumer.consume({ idle_heartbeat: HEARTBEAT_MS });
}
