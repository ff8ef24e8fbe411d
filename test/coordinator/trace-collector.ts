// A feed of timings, and somebody who asks it.
import { EventEmitter } from 'node:events';
import type { TracePart } from '../../src/rpc/service.js';
import { type TraceCall, TraceFeed } from '../../src/coordinator/tracing/trace-feed.js';

class AskingCall extends EventEmitter {
  request = { steps: 0, timeoutMs: 60_000 };
  readonly parts: TracePart[] = [];
  ended = false;
  readonly writableLength = 0;

  /** As the feed sees it. */
  of(steps: number): TraceCall {
    this.request = { steps, timeoutMs: 60_000 };
    return this as unknown as TraceCall;
  }

  write(part: TracePart): boolean {
    this.parts.push(part);
    return true;
  }

  end(): this {
    this.ended = true;
    return this;
  }
}

export class Collector {
  readonly call = new AskingCall();
  /** First and end of the steps that workers were asked for. */
  readonly asked: [number, number][] = [];
  readonly feed: TraceFeed;
  ranks: readonly number[];

  constructor(ranks: readonly number[], step: number) {
    this.ranks = ranks;
    this.feed = new TraceFeed({
      step: () => step,
      ranks: () => this.ranks,
      ask: ({ firstStep, endStep }) => this.asked.push([firstStep, endStep]),
      about: (worker) => (worker === null ? {} : { worker }),
    });
  }
}
