/** Watchers hear everything; one that does not read is cut off instead of filling the coordinator's memory. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { EventFeed } from '../../src/coordinator/event-feed.js';
import type { WireEvent } from '../../src/rpc/service.js';

type Watcher = Parameters<EventFeed['watch']>[0];

/** A call whose other end reads nothing. */
class StuckCall extends EventEmitter {
  readonly written: WireEvent[] = [];
  ended = false;
  get writableLength(): number {
    return this.written.length;
  }
  write(event: WireEvent): boolean {
    this.written.push(event);
    return false;
  }
  end(): void {
    this.ended = true;
  }
}

describe('the feed of events', () => {
  it('tells a latecomer the past, of the steps only the newest, and then what happens', () => {
    const feed = new EventFeed();
    const line = { epoch: 0, loss: 1, lr: 1, grad_norm: 1, world: 1, generation: 1 };
    const waits = { pairs_per_second: 1, data_wait: 0, comm_wait: 0 };
    for (const step of [1, 2, 3]) feed.announce({ kind: 'step', line: { step, ...line, ...waits } });
    feed.announce({ kind: 'saved', step: 3, path: 'p' });
    const call = new StuckCall();
    feed.watch(call as unknown as Watcher);
    feed.announce({ kind: 'notice', text: 'n' });
    feed.close();
    expect(call.written.map((event) => Object.keys(event)[0])).toEqual(['step', 'saved', 'notice']);
    expect(call.written[0].step!.line).toContain('"step":3');
    expect(call.ended).toBe(true);
  });

  it('cuts off a watcher that has stopped reading', () => {
    const feed = new EventFeed();
    const call = new StuckCall();
    const errors: unknown[] = [];
    call.on('error', (error) => errors.push(error));
    feed.watch(call as unknown as Watcher);
    for (let i = 0; i < 20_000; i++) feed.announce({ kind: 'notice', text: 'n' });
    expect(call.written.length).toBe(10_000);
    expect(errors).toHaveLength(1);
  });

  it('forgets a watcher that left', () => {
    const feed = new EventFeed();
    const call = new StuckCall();
    feed.watch(call as unknown as Watcher);
    call.emit('cancelled');
    feed.announce({ kind: 'notice', text: 'n' });
    expect(call.written).toEqual([]);
  });
});
