/** Appends what happens to the log in the store, in order, without holding up the run. */
import { pause } from '../bus/pause.js';
import type { EventLog } from '../bus/store.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RunEvent } from '../rpc/run-events.js';
import type { StoredEvent } from './stored-event.js';

/** While the store is away; later events are missing there, and nowhere else. */
const MOST_WAITING = 10_000;

export class EventPublisher {
  private readonly events: EventLog;
  private readonly log: Logger;
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(events: EventLog, log: Logger) {
    this.events = events;
    this.log = log;
  }

  publish(event: StoredEvent): void {
    if (this.waiting >= MOST_WAITING) return this.miss(event, `${MOST_WAITING} others wait already`);
    const value = Buffer.from(JSON.stringify(event));
    this.waiting++;
    this.last = this.last.then(() => this.append(event, value));
  }

  /** Resolves when the store has all events, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.last, pause(timeoutMs, over.signal)]);
    over.abort();
  }

  private async append(event: RunEvent, value: Uint8Array): Promise<void> {
    try {
      await this.events.append(value);
    } catch (error) {
      this.miss(event, messageOf(error));
    }
    this.waiting--;
  }

  private miss({ kind }: RunEvent, reason: string): void {
    this.log.warn('an event is missing in the store', { event: kind, reason });
  }
}
