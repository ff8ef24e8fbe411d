/**
 * Leadership on a key: at most one holder believes that it leads. Taken and renewed by compare-and-set, never on a read, in a
 * bucket whose values run out. A holder counts from the start of its last successful renewal, others from its end, so it knows
 * that it has lost the lease before anybody can take it. What it does late all the same must be stopped where it is done, as
 * by a compare-and-set.
 */
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { startElapsed } from './elapsed.js';
import { HeldLease, type Lease, type LeaseValue } from './held-lease.js';
import { outlast } from './outlast.js';
import { pause } from './pause.js';
import type { KeyValue } from './store.js';

export type { Lease } from './held-lease.js';

export interface LeaseRequest {
  /** Of a bucket with `ttlMs`, which is the time of the lease. */
  readonly keyValue: KeyValue;
  readonly key: string;
  /** Who: for messages. */
  readonly holder: string;
  /** Where workers reach the holder, HOST:PORT; empty until the holder announces it. */
  readonly address: string;
  /** Ends the waiting; rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Told when the store is away while the lease is waited for. */
  readonly log?: Logger;
}

export interface LeaseHolder {
  readonly holder: string;
  readonly address: string;
  readonly token: number;
}

/**
 * Waits until the lease is free, and takes it, also when the store is away for a while: who stands by is needed most after
 * that. The lease is renewed at a third of its time until it is released or lost.
 */
export async function acquireLease(request: LeaseRequest): Promise<Lease> {
  for (;;) {
    request.signal?.throwIfAborted();
    const lease = await outlast(() => tryToAcquireLease(request), request);
    if (lease !== null) return lease;
    await pause(retryMs(ttlOf(request.keyValue)), request.signal);
  }
}

/** Null where somebody else holds it. */
export async function tryToAcquireLease({ keyValue, key, holder, address }: LeaseRequest): Promise<Lease | null> {
  const ttlMs = ttlOf(keyValue);
  const value: LeaseValue = { holder, address };
  const elapsed = startElapsed();
  const token = await keyValue.compareAndSet(key, encode(value), 0);
  if (token === null) return null;
  const lease = new HeldLease({ keyValue, key, value, ttlMs }, token, elapsed);
  // The store may have taken longer to answer than the lease lasts.
  return lease.holds() ? lease : null;
}

/** Who holds the lease, as far as a read can tell. */
export async function currentHolder(keyValue: KeyValue, key: string): Promise<LeaseHolder | null> {
  const entry = await keyValue.get(key);
  if (entry === null) return null;
  const { holder, address, token } = JSON.parse(Buffer.from(entry.value).toString()) as LeaseValue;
  return { holder, address, token: token ?? entry.revision };
}

function encode(value: LeaseValue): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function ttlOf({ ttlMs }: KeyValue): number {
  if (ttlMs !== undefined) return ttlMs;
  throw new MlipError('MLIP_E_INTERNAL', 'a lease needs a bucket whose values run out');
}

const retryMs = (ttlMs: number): number => Math.min(500, Math.max(20, ttlMs / 20));
