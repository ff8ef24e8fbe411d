/** An item of a queue on NATS in the hands of its taker. The server answers nothing about whose it is, so the clock tells. */
import type { Msg } from '@nats-io/transport-node';
import { startElapsed } from '../elapsed.js';
import type { QueueItem } from '../store.js';
import { ANSWER_MS, type Link } from './link.js';

export class TakenItem implements QueueItem {
  readonly id: string;
  readonly value: Uint8Array;
  readonly attempt: number;
  readonly #link: Link;
  readonly #reply: string;
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
    this.attempt = deliveriesOf(this.#reply);
  }

  async inProgress(): Promise<boolean> {
    if (this.#isLate()) return false;
    const elapsed = startElapsed();
    await this.#tell('+WPI');
    if (this.#isLate()) return false;
    this.#elapsed = elapsed;
    return true;
  }

  async done(): Promise<void> {
    await this.#tell('+ACK');
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

/** $JS.ACK.[DOMAIN.ACCOUNT.]STREAM.CONSUMER.DELIVERIES.STREAM_SEQUENCE.CONSUMER_SEQUENCE.TIME.PENDING[.RANDOM] */
function deliveriesOf(reply: string): number {
  const parts = reply.split('.');
  return Number(parts.length === 9 ? parts[4] : parts[6]);
}
