/** A queue of work on NATS: a stream that keeps what is not done, and one consumer that all takers share. */
import { AckPolicy, RetentionPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import { millis, nanos, nuid, type Msg } from '@nats-io/transport-node';
import { startElapsed } from '../elapsed.js';
import { checkSize } from '../names.js';
import type { QueueItem, WaitingItem, WorkQueue } from '../store.js';
import { API, Interrupted, isApi } from './failures.js';
import { ANSWER_MS, type Link } from './link.js';
import { publish } from './publish.js';
import { ensureStream } from './streams.js';
import { TakenItem } from './taken-item.js';

const CONSUMER = 'takers';
const ASK_MS = 5000;
const ITEM_ID = 'Mlip-Item';

/** A consumer may hear of an item a moment after it is stored. */
const STORED_MS = 250;

export async function openWorkQueue(link: Link, name: string, visibilityMs: number): Promise<WorkQueue> {
  const { namespace } = link.terms;
  const stream = `${namespace}_queue_${name}`;
  const subject = `${namespace}.queue.${name}`;
  await ensureStream(link, { name: stream, subjects: [subject], retention: RetentionPolicy.Workqueue });
  const { config } = await link.persist(() => ensureConsumer(link, stream, visibilityMs));
  return new NatsWorkQueue(link, stream, subject, millis(config.ack_wait!));
}

/** The longer time of visibility wins, so that nobody loses an item early. */
async function ensureConsumer(link: Link, stream: string, visibilityMs: number): Promise<ConsumerInfo> {
  const { consumers } = link.manager;
  const ackWait = nanos(visibilityMs);
  try {
    const info = await consumers.info(stream, CONSUMER);
    if (info.config.ack_wait! >= ackWait) return info;
    return await consumers.update(stream, CONSUMER, { ack_wait: ackWait });
  } catch (error) {
    if (!isApi(error, API.consumerNotFound)) throw error;
  }
  const config = { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit, ack_wait: ackWait, max_deliver: -1 };
  return consumers.add(stream, config);
}

class NatsWorkQueue implements WorkQueue {
  readonly visibilityMs: number;
  readonly #link: Link;
  readonly #stream: string;
  readonly #subject: string;

  constructor(link: Link, stream: string, subject: string, visibilityMs: number) {
    this.#link = link;
    this.#stream = stream;
    this.#subject = subject;
    this.visibilityMs = visibilityMs;
  }

  async submit(item: Uint8Array): Promise<string> {
    checkSize('a queue item', item, this.#link.terms.where);
    const id = nuid.next();
    await publish(this.#link, { subject: this.#subject, payload: item, id, header: [ITEM_ID, id] });
    return id;
  }

  async take({ waitMs }: { waitMs: number }): Promise<QueueItem | null> {
    const elapsed = startElapsed();
    for (;;) {
      const item = await this.#link.persist(() => this.#takeWithin(waitMs - elapsed()));
      if (item !== null || elapsed() >= waitMs) return item;
    }
  }

  /** The server does not tell who works on what: only who gets an item knows that nobody else has it. */
  async withdraw(id: string): Promise<boolean> {
    if (!(await this.list()).some((item) => item.id === id)) return false;
    const others: QueueItem[] = [];
    try {
      for (;;) {
        const item = await this.take({ waitMs: STORED_MS });
        if (item === null) return false;
        if (item.id === id) return await item.done().then(() => true);
        others.push(item);
      }
    } finally {
      for (const item of others) await item.giveBack();
    }
  }

  async depth(): Promise<number> {
    const { state } = await this.#link.persist(() => this.#link.manager.streams.info(this.#stream));
    return state.messages;
  }

  async list(): Promise<WaitingItem[]> {
    const items: WaitingItem[] = [];
    for (let from = 1; ;) {
      const query = { seq: from, next_by_subj: this.#subject };
      const message = await this.#link.persist(() => this.#link.manager.streams.getMessage(this.#stream, query));
      if (message === null) return items;
      items.push({ id: message.header.get(ITEM_ID), value: message.data, submittedAt: message.time });
      from = message.seq + 1;
    }
  }

  /** Asks anew now and then, since a server that takes over from another knows nothing of who waits. */
  async #takeWithin(waitMs: number): Promise<QueueItem | null> {
    const asked = startElapsed();
    const message = await this.#ask(Math.min(Math.max(0, waitMs), ASK_MS, this.#link.terms.patienceMs / 2));
    if (message === null) return null;
    return new TakenItem(this.#link, message, message.headers!.get(ITEM_ID), this.visibilityMs, asked);
  }

  /** One request for one item. The library's own way waits for a second at least. */
  async #ask(waitMs: number): Promise<Msg | null> {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${CONSUMER}`;
    const request = waitMs < 1 ? { batch: 1, no_wait: true } : { batch: 1, expires: nanos(Math.floor(waitMs)) };
    // An item arrives under its own subject, which the shared inbox would not know.
    const options = { timeout: waitMs + ANSWER_MS, noMux: true };
    const answer = await this.#link.connection.request(subject, JSON.stringify(request), options);
    // 404 and 408: there was none.
    if (answer.headers === undefined || answer.headers.code === 0) return answer;
    if ([404, 408].includes(answer.headers.code)) return null;
    throw new Interrupted(answer.headers.description);
  }
}
