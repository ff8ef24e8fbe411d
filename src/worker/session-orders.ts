/**
 * Orders of the coordinator on their way to the worker. One may come before the worker asks for it, since what it did before is
 * not yet over: it is kept until then.
 */
import type { MlipError } from '../core/errors.js';
import type { Order } from './session-types.js';

interface Waiting {
  /** Steps applied: an order about any other number of steps is not the one. */
  applied: number;
  resolve: (order: Order) => void;
  reject: (error: MlipError) => void;
}

export class Orders {
  private waiting: Waiting | undefined;
  private early: { order: Order; about: number | undefined } | undefined;
  private readonly given: (order: Order) => void;

  /** `given` hears of each order that the worker gets, before the worker does. */
  constructor(given: (order: Order) => void) {
    this.given = given;
  }

  /** The worker waits for one. */
  get awaited(): boolean {
    return this.waiting !== undefined;
  }

  /** The newest that nobody has asked for. */
  get kept(): Order | undefined {
    return this.early?.order;
  }

  /** Asked for by a worker that has applied so many steps. What was kept for another number is out of date. */
  next(applied: number): Promise<Order> {
    const { early } = this;
    this.drop();
    return new Promise((resolve, reject) => {
      this.waiting = { applied, resolve, reject };
      if (early !== undefined) this.give(early.order, early.about);
    });
  }

  /** `about`: steps applied by those whom the order is for; undefined where that does not matter. */
  give(order: Order, about?: number): void {
    const { waiting } = this;
    if (waiting === undefined) this.early = { order, about };
    else if (about === undefined || about === waiting.applied) {
      this.waiting = undefined;
      this.given(order);
      waiting.resolve(order);
    }
  }

  /** What is kept is out of date. */
  drop(): void {
    this.early = undefined;
  }

  /** Whoever waits need not. */
  reject(reason: MlipError): void {
    this.waiting?.reject(reason);
    this.waiting = undefined;
  }
}
