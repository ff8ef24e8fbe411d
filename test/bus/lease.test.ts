// Leadership by lease, on both stores: one holder at a time, and whoever has lost it knows.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquireLease, currentHolder, tryToAcquireLease, type Lease } from '../../src/bus/lease.js';
import { openStore, type StoreChoice } from '../../src/bus/open-store.js';
import type { KeyValue, Store } from '../../src/bus/store.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer, type NatsServer } from '../support/nats-server.js';
import { startChild } from './child.js';
import { fresh } from './contract/opened.js';
import { makeDirectory, removeDirectory } from './temporary.js';

const TTL_MS = 1000;
const wait = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** A bucket whose compare-and-set is held up or fails. */
function disturbed(keyValue: KeyValue, disturb: () => Promise<void>): KeyValue {
  return {
    ttlMs: keyValue.ttlMs,
    get: (key) => keyValue.get(key),
    remove: (key, revision) => keyValue.remove(key, revision),
    keys: () => keyValue.keys(),
    watch: (signal) => keyValue.watch(signal),
    compareAndSet: async (key, value, revision) => {
      await disturb();
      return keyValue.compareAndSet(key, value, revision);
    },
  };
}

function leaseContract(kind: 'directory' | 'NATS'): void {
  let directory: string;
  let server: NatsServer | undefined;
  let choice: StoreChoice;
  let store: Store;

  beforeAll(async () => {
    directory = makeDirectory();
    if (kind === 'NATS') server = await startNatsServer({ directory });
    choice = server === undefined ? { directory } : { nats: server.address };
    store = await openStore(choice);
  });
  afterAll(async () => {
    await store?.close();
    await server?.kill();
    removeDirectory(directory);
  });

  const leases = (): Promise<KeyValue> => store.keyValue('leases', { ttlMs: TTL_MS });
  const request = (keyValue: KeyValue, key: string, holder: string) => ({
    keyValue,
    key,
    holder,
    address: `${holder}:1`,
  });

  it('belongs to one; the next gets it on release, with a higher token', async () => {
    const keyValue = await leases();
    const key = fresh('key');
    expect(await currentHolder(keyValue, key)).toBeNull();
    const a = await acquireLease(request(keyValue, key, 'a'));
    expect(await currentHolder(keyValue, key)).toEqual({ holder: 'a', address: 'a:1', token: a.token });
    expect(await tryToAcquireLease(request(keyValue, key, 'b'))).toBeNull();
    a.announce('a:2');
    await vi.waitFor(async () =>
      expect(await currentHolder(keyValue, key)).toMatchObject({ address: 'a:2', token: a.token }),
    );
    const waiting = acquireLease(request(keyValue, key, 'b'));
    // Longer than it lasts without renewal.
    await wait(TTL_MS * 1.5);
    expect(a.holds()).toBe(true);
    // Renewal changes the revision, not the token.
    expect(await currentHolder(keyValue, key)).toEqual({ holder: 'a', address: 'a:2', token: a.token });
    await a.release();
    expect([a.holds(), a.lost.aborted]).toEqual([false, false]);
    const b = await waiting;
    expect(b.token).toBeGreaterThan(a.token);
    expect(await currentHolder(keyValue, key)).toMatchObject({ holder: 'b', token: b.token });
    await b.release();
  });

  it('is never held by two of many who want it', async () => {
    const keyValue = await leases();
    const key = fresh('key');
    const tokens: number[] = [];
    const held = new Set<Lease>();
    const contend = async (holder: string): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        const lease = await acquireLease(request(keyValue, key, holder));
        for (const other of held) expect(other.holds()).toBe(false);
        held.add(lease);
        tokens.push(lease.token);
        await wait(10);
        held.delete(lease);
        await lease.release();
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(contend));
    expect(tokens).toHaveLength(12);
    expect([...tokens].sort((x, y) => x - y)).toEqual(tokens);
  });

  it('passes on when its holder is killed', async () => {
    const child = startChild('hold-lease', JSON.stringify(choice), 'child', String(TTL_MS));
    const { token } = await child.heard('token');
    const keyValue = await leases();
    await child.kill();
    const started = performance.now();
    const lease = await acquireLease(request(keyValue, 'leader', 'parent'));
    expect(lease.token).toBeGreaterThan(token as number);
    // Generous for a loaded machine: without anybody's help it takes the rest of the time to live.
    expect(performance.now() - started).toBeLessThan(TTL_MS * 5);
    await lease.release();
  });

  it('is known to be lost as soon as a process wakes that was stopped for longer', async () => {
    const child = startChild('hold-lease', JSON.stringify(choice), 'child', String(TTL_MS));
    const { token } = await child.heard('token');
    await child.heard('holds');
    expect(child.said.at(-1)).toEqual({ holds: true });
    child.signal('SIGSTOP');
    const lease = await acquireLease(request(await leases(), 'leader', 'parent'));
    expect(lease.token).toBeGreaterThan(token as number);
    const before = child.said.length;
    child.signal('SIGCONT');
    expect(await child.heard('lost')).toEqual({ lost: 'MLIP_E_LEASE_LOST' });
    await expect.poll(() => child.said.length).toBeGreaterThan(before + 4);
    const after = child.said.slice(before);
    expect(after).toContainEqual({ holdsOnWaking: false });
    expect(after).not.toContainEqual({ holds: true });
    expect(lease.holds()).toBe(true);
    await lease.release();
  });

  it('is lost in time where the store does not answer, before others can take it', async () => {
    const keyValue = await leases();
    const key = fresh('key');
    let answers = true;
    const slow = disturbed(keyValue, () => (answers ? Promise.resolve() : new Promise(() => undefined)));
    const lease = await acquireLease(request(slow, key, 'a'));
    answers = false;
    const taken = acquireLease(request(keyValue, key, 'b')).then((next) => ({ next, stillHeld: lease.holds() }));
    await new Promise((lost) => lease.lost.addEventListener('abort', lost));
    expect(lease.lost.reason).toMatchObject({ code: 'MLIP_E_LEASE_LOST', where: 'a:1' });
    const { next, stillHeld } = await taken;
    expect(stillHeld).toBe(false);
    await next.release();
  });

  it('outlives failures of the store that are shorter than it', async () => {
    const keyValue = await leases();
    let failures = 0;
    const broken = disturbed(keyValue, async () => {
      if (failures-- > 0) throw new Error('no');
    });
    const lease = await acquireLease(request(broken, fresh('key'), 'a'));
    failures = 3;
    await expect.poll(() => failures).toBeLessThan(0);
    await wait(TTL_MS / 2);
    expect(lease.holds()).toBe(true);
    await lease.release();
  });

  it('is lost where somebody else has changed it', async () => {
    const keyValue = await leases();
    const key = fresh('key');
    const lease = await acquireLease(request(keyValue, key, 'a'));
    const lost = new Promise((go) => lease.lost.addEventListener('abort', go));
    for (let entry = await keyValue.get(key); !(await keyValue.remove(key, entry!.revision));) {
      entry = await keyValue.get(key);
    }
    await lost;
    expect(lease.holds()).toBe(false);
    expect(lease.lost.reason).toMatchObject({ code: 'MLIP_E_LEASE_LOST' });
  });

  it('is no longer waited for after the signal', async () => {
    const keyValue = await leases();
    const key = fresh('key');
    const lease = await acquireLease(request(keyValue, key, 'a'));
    const stop = new AbortController();
    const waiting = acquireLease({ ...request(keyValue, key, 'b'), signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await lease.release();
  });

  it('needs a bucket whose values run out', async () => {
    const keyValue = await store.keyValue('forever');
    await expect(acquireLease(request(keyValue, 'key', 'a'))).rejects.toMatchObject({ code: 'MLIP_E_INTERNAL' });
  });
}

describe('a lease in a store in a directory', () => leaseContract('directory'));
describe.skipIf(findNatsServer() === undefined)('a lease in a store on NATS', () => leaseContract('NATS'));
