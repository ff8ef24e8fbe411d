/** Orders from outside, each with the answer that it waits for. */
import { type Failure, toFailure } from '../rpc/failure.js';
import type { OrderAnswer, RunOrder } from './events.js';
import type { EventSansTime } from './incoming.js';

export class OrderDesk {
  private readonly waiting = new Map<number, (answer: OrderAnswer | Failure) => void>();
  private readonly dispatch: (event: EventSansTime) => void;
  private next = 0;

  constructor(dispatch: (event: EventSansTime) => void) {
    this.dispatch = dispatch;
  }

  give(order: RunOrder): Promise<OrderAnswer | Failure> {
    const request = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(request, resolve);
      this.dispatch({ kind: 'order', request, order });
    });
  }

  answer(request: number, answer: OrderAnswer | Failure): void {
    this.waiting.get(request)?.(answer);
    this.waiting.delete(request);
  }

  /** Nobody obeys here any more. */
  close(cause: unknown): void {
    for (const request of [...this.waiting.keys()]) this.answer(request, toFailure(cause));
  }
}
