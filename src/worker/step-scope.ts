/**
 * What a step holds while it runs. However it ends, nothing of that is left: no tensor in TensorFlow's memory, and no
 * buffer that a ring still writes to. (tfjs' own scopes end where code first waits for something.)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Ring } from '../collectives/ring.js';
import { flatten, type TensorTree } from '../engine/tensor-tree.js';

export class StepScope {
  private readonly tensors: tf.Tensor[] = [];
  private readonly disposals: (() => void)[] = [];
  private readonly reductions = new Set<Promise<unknown>>();

  /** These go with the step, unless they are disposed of before. */
  own<T extends TensorTree>(tree: T): T {
    this.tensors.push(...flatten(tree));
    return tree;
  }

  /** Is called when the step ends. */
  defer(dispose: () => void): void {
    this.disposals.push(dispose);
  }

  /** A reduction is under way: its buffers are in use until it settles, whether or not anybody awaits it. */
  reducing<T>(reduction: Promise<T>): Promise<T> {
    this.reductions.add(reduction);
    const over = (): void => void this.reductions.delete(reduction);
    reduction.then(over, over);
    return reduction;
  }

  /** Leaves the ring where reductions are under way: the other ranks do not finish them alone, and all see why at once. */
  abandon(ring: Ring): void {
    if (this.reductions.size > 0) void ring.close().catch(() => undefined);
  }

  /** Waits until no buffer is in use, then frees what is left. */
  async end(): Promise<void> {
    await Promise.allSettled(this.reductions);
    tf.dispose(this.tensors);
    for (const dispose of this.disposals) dispose();
  }
}

/** Like Promise.all, but what fails does so when all have settled. */
export async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Rejects with the signal's reason as soon as it is aborted; what `work` comes to is nobody's concern then. */
export async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    const over = (): void => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    work().then(resolve, reject).finally(over);
  });
}
