/** An item of a queue on NATS in the hands of its taker. The server answers nothing about whose it is, so the clock tells. */
import type { Msg } from '@nats-io/transport-node';
import { startElapsed } from '../elapsed.js';
import type { QueueItem } from '../store.js';
import { isNotThere } from './failures.js';
import { ANSWER_MS, type Link } from './link.js';

export class TakenItem implements QueueItem {
  readonly id: string;
  readonly value: Uint8Array;
  readonly attempt: number;
  readonly #link: Link;
  readonly #reply: string;
  readonly #delivery: Delivery;
  readonly #visibilityMs: number;
  /** Since the start of the last request that kept the item. */
  #elapsed: () => number;

  constructor(link: Link, message: Msg, id: string, visibilityMs: number, elapsed: () => number) {
    this.#link = link;
    this.#reply = message.reply!;
    this.#visibilityMs = visibilityMs;
    this.#elapsed = elapsed;
    this.id = id;
    this.value = message.data;
    this.#delivery = deliveryOf(this.#reply);
    this.attempt = this.#delivery.attempt;
  }

  async inProgress(): Promise<boolean> {
    if (this.#isLate()) return false;
    const elapsed = startElapsed();
    await this.#tell('+WPI');
    if (this.#isLate()) return false;
    this.#elapsed = elapsed;
    return true;
  }

  /**
   * Deletes the item. A server that was killed forgets what it has delivered, and hears no acknowledgement of that; it then gets one
   * only so that it does not wait for it.
   */
  async done(): Promise<void> {
    const { stream, sequence } = this.#delivery;
    await this.#link.persist(() => deleteItem(this.#link, stream, sequence));
    this.#link.connection.publish(this.#reply, '+ACK');
    this.#elapsed = (): number => Infinity;
  }

  async giveBack(): Promise<void> {
    if (this.#isLate()) return;
    await this.#tell('-NAK');
    this.#elapsed = (): number => Infinity;
  }

  #isLate(): boolean {
    return this.#elapsed() >= this.#visibilityMs;
  }

  /** Resolves when the server has heard it. */
  async #tell(what: string): Promise<void> {
    await this.#link.persist(() => this.#link.connection.request(this.#reply, what, { timeout: ANSWER_MS }));
  }
}

async function deleteItem({ manager }: Link, stream: string, sequence: number): Promise<void> {
  try {
    await manager.streams.deleteMessage(stream, sequence, false);
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
}

interface Delivery {
  readonly stream: string;
  readonly attempt: number;
  readonly sequence: number;
}

/** $JS.ACK.[DOMAIN.ACCOUNT.]STREAM.CONSUMER.DELIVERIES.STREAM_SEQUENCE.CONSUMER_SEQUENCE.TIME.PENDING[.RANDOM] */
function deliveryOf(reply: string): Delivery {
  const parts = reply.split('.');
  const [stream, , attempt, sequence] = parts.slice(parts.length === 9 ? 2 : 4);
  return { stream, attempt: Number(attempt), sequence: Number(sequence) };
}
