/** Tells watchers what happens in the run: those that come later hear first what has happened. */
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Failure } from '../rpc/failure.js';
import { toStatus } from '../rpc/failure.js';
import { type RunEvent, toWireEvent } from '../rpc/run-events.js';
import type { WireEvent } from '../rpc/service.js';

type Watcher = Pick<ServerWritableStream<unknown, WireEvent>, 'write' | 'end' | 'emit' | 'on' | 'writableLength'>;

/** Of the steps, only the newest is kept for latecomers; of the rest, so many. */
const MOST_REMEMBERED = 1_000;

/** A watcher that is so many events behind is cut off. */
const MOST_BEHIND = 10_000;

export class EventFeed {
  private readonly watchers = new Set<Watcher>();
  private past: RunEvent[] = [];

  announce(event: RunEvent): void {
    if (event.kind === 'step') this.past = this.past.filter(({ kind }) => kind !== 'step');
    this.past = [...this.past.slice(-MOST_REMEMBERED), event];
    for (const watcher of this.watchers) this.tell(watcher, event);
  }

  watch(watcher: Watcher): void {
    this.watchers.add(watcher);
    const leave = (): void => void this.watchers.delete(watcher);
    for (const ending of ['cancelled', 'close', 'error'] as const) watcher.on(ending, leave);
    for (const event of this.past) this.tell(watcher, event);
  }

  close(): void {
    for (const watcher of this.watchers) watcher.end();
    this.watchers.clear();
  }

  private tell(watcher: Watcher, event: RunEvent): void {
    watcher.write(toWireEvent(event));
    if (watcher.writableLength < MOST_BEHIND) return;
    this.watchers.delete(watcher);
    watcher.emit('error', { ...toStatus(TOO_SLOW), code: status.RESOURCE_EXHAUSTED });
  }
}

const TOO_SLOW: Failure = {
  code: 'MLIP_E_RPC_TOO_LARGE',
  message: `a watcher is ${MOST_BEHIND} events behind`,
  where: '',
  remedy: 'Watch again.',
};
