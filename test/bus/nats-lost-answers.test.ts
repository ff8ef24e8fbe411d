// The server did what was asked, but the connection broke before it could say so: asked again, it does not do it twice.
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openNatsStore } from '../../src/bus/nats/store.js';
import type { MlipError } from '../../src/core/errors.js';
import type { Store } from '../../src/bus/store.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer } from '../support/nats-server.js';
import { bytes, take, text } from './contract/opened.js';
import { startProxy, type Proxy } from './proxy.js';
import { temporaryDirectory } from './temporary.js';

describe.skipIf(findNatsServer() === undefined)('an answer of a NATS server that got lost', () => {
  let proxy: Proxy;
  /** Behind the proxy, and beside it. */
  let store: Store;
  let witness: Store;

  beforeEach(async () => {
    const server = await startNatsServer({ directory: temporaryDirectory() });
    onTestFinished(() => server.kill());
    proxy = await startProxy(server.address);
    store = await openNatsStore({ servers: proxy.address, patienceMs: 20_000 });
    witness = await openNatsStore({ servers: server.address });
    onTestFinished(() => Promise.all([store.close(), witness.close()]).then(() => undefined));
  });

  /** Starts an operation, and breaks the connection when it has been done. */
  async function loseAnswer<T>(operation: () => Promise<T>, isDone: () => Promise<boolean>): Promise<T> {
    proxy.deafen();
    const answer = operation();
    await expect.poll(isDone).toBe(true);
    proxy.cut();
    return answer;
  }

  it('about a change is found out', async () => {
    const keyValue = await store.keyValue('bucket');
    const seen = await witness.keyValue('bucket');
    const valueIs = async (value: string): Promise<boolean> => text((await seen.get('key'))?.value) === value;
    const first = await loseAnswer(
      () => keyValue.compareAndSet('key', bytes('a'), 0),
      () => valueIs('a'),
    );
    expect(first).toBe((await seen.get('key'))!.revision);
    const second = await loseAnswer(
      () => keyValue.compareAndSet('key', bytes('b'), first!),
      () => valueIs('b'),
    );
    expect(second).toBe((await seen.get('key'))!.revision);
    const gone = async (): Promise<boolean> => (await seen.get('key')) === null;
    expect(await loseAnswer(() => keyValue.remove('key', second!), gone)).toBe(true);
  });

  it('about a change that was followed by another one is found out, or said to be unknown', async () => {
    const keyValue = await store.keyValue('bucket');
    const seen = await witness.keyValue('bucket');
    const changed = async (): Promise<boolean> => {
      const entry = await seen.get('key');
      return entry !== null && (await seen.compareAndSet('key', bytes('b'), entry.revision)) !== null;
    };
    const change = loseAnswer(() => keyValue.compareAndSet('key', bytes('a'), 0), changed);
    // Some versions of the server tell that they had stored it, others only that the key has changed. In no case was nothing done.
    const outcome = await change.catch((error: MlipError) => error.code);
    expect(outcome).not.toBeNull();
    if (typeof outcome === 'string') expect(outcome).toBe('MLIP_E_STORE_TIMEOUT');
    expect(text((await seen.get('key'))!.value)).toBe('b');
  });

  it('about an event or an item does not make it twice', async () => {
    const [log, queue] = [await store.events('log'), await store.queue('queue', { visibilityMs: 60_000 })];
    const seenLog = await witness.events('log');
    const appended = async (): Promise<boolean> => (await take(seenLog.read(), 9)).length > 0;
    const sequence = await loseAnswer(() => log.append(bytes('a')), appended);
    expect((await take(seenLog.read(), 9)).map((event) => event.sequence)).toEqual([sequence]);
    const id = await loseAnswer(
      () => queue.submit(bytes('a')),
      async () => (await queueDepth()) > 0,
    );
    expect((await queue.list()).map((item) => item.id)).toEqual([id]);
    const item = (await queue.take({ waitMs: 0 }))!;
    await loseAnswer(
      () => item.done(),
      async () => (await queueDepth()) === 0,
    );
    expect(await queue.take({ waitMs: 0 })).toBeNull();
  });

  async function queueDepth(): Promise<number> {
    return (await witness.queue('queue', { visibilityMs: 1000 })).depth();
  }
});
