// A nats-server that is killed and started again, or stands still: what was acknowledged is there, once, and clients go on.
import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/bus/lease.js';
import { connectNats } from '../../src/bus/nats/connect.js';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { readObject, type Store } from '../../src/bus/store.js';
import { createLogger } from '../../src/core/log.js';
import { findNatsServer } from '../support/nats-provision.js';
import { freePorts, startNatsServer, type NatsServer } from '../support/nats-server.js';
import { bytes, codeOf, text } from './contract/opened.js';
import { temporaryDirectory } from './temporary.js';

const wait = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

describe.skipIf(findNatsServer() === undefined)('a NATS server that is away for a while', () => {
  let server: NatsServer;
  let store: Store;

  beforeEach(async () => {
    server = await startNatsServer({ directory: temporaryDirectory() });
    onTestFinished(() => server.kill());
    store = await openNatsStore({ servers: server.address, patienceMs: 20_000 });
    onTestFinished(() => store.close());
  });

  /** Disturbs the server three times while something goes on. */
  async function disturb(how: 'restart' | 'stop'): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await wait(150);
      if (how === 'restart') {
        await server.restart();
      } else {
        server.signal('SIGSTOP');
        await wait(400);
        server.signal('SIGCONT');
      }
    }
    await wait(150);
  }

  it.each(['restart', 'stop'] as const)('(%s) loses no change and makes none twice', async (how) => {
    const keyValue = await store.keyValue('bucket');
    const events = await store.events('log');
    const queue = await store.queue('queue', { visibilityMs: 60_000 });
    const stop = new AbortController();
    const followed: string[] = [];
    const following = (async (): Promise<void> => {
      const reading = { follow: true, signal: stop.signal };
      for await (const { value } of (await store.events('log')).read(reading)) followed.push(text(value));
    })();
    const watched: string[] = [];
    const watching = (async (): Promise<void> => {
      for await (const { entry } of (await store.keyValue('bucket')).watch(stop.signal))
        watched.push(text(entry!.value));
    })();
    const taken: string[] = [];
    const taking = (async (): Promise<void> => {
      for (let item = await queue.take({ waitMs: 5000 }); item !== null; item = await queue.take({ waitMs: 5000 })) {
        taken.push(text(item.value));
        await item.done();
        if (text(item.value) === 'last') return;
      }
    })();

    let over = false;
    const disturbing = disturb(how).then(() => (over = true));
    const appended: string[] = [];
    let revision = 0;
    for (let i = 0; !over; i++) {
      revision = (await keyValue.compareAndSet('counter', bytes(`${i}`), revision))!;
      // Nobody else changes it, so no change may be refused, however often it was tried.
      expect(revision).not.toBeNull();
      await events.append(bytes(`${i}`));
      await queue.submit(bytes(`${i}`));
      appended.push(`${i}`);
    }
    await disturbing;
    await queue.submit(bytes('last'));
    await taking;
    expect(taken).toEqual([...appended, 'last']);
    await expect.poll(() => followed.length, { timeout: 10_000 }).toBe(appended.length);
    expect(followed).toEqual(appended);
    await expect.poll(() => watched.at(-1), { timeout: 10_000 }).toBe(appended.at(-1));
    stop.abort();
    await Promise.all([following, watching]);
    const all: string[] = [];
    for await (const { value } of events.read()) all.push(text(value));
    expect(all).toEqual(appended);
  });

  it('takes an object from memory all the same', async () => {
    const objects = await store.objects('bucket');
    const content = Buffer.alloc(30_000_000, 'object');
    const putting = objects.put('a', content);
    await wait(50);
    await server.restart();
    await putting;
    expect(content.equals(await readObject(objects, 'a'))).toBe(true);
  });

  it('is reported when patience ends', async () => {
    const hasty = await openNatsStore({ servers: server.address, patienceMs: 500 });
    const keyValue = await hasty.keyValue('bucket');
    await keyValue.compareAndSet('key', bytes('a'), 0);
    server.signal('SIGSTOP');
    // It takes a moment to stand still.
    await expect.poll(() => codeOf(keyValue.get('key')), { timeout: 10_000 }).toBe('MLIP_E_STORE_TIMEOUT');
    await expect(keyValue.get('key')).rejects.toMatchObject({ where: `nats://${server.address}` });
    server.signal('SIGCONT');
    await server.kill();
    expect(await codeOf(keyValue.get('key'))).toBe('MLIP_E_STORE_UNREACHABLE');
    await server.restart();
    await expect.poll(() => codeOf(keyValue.get('key'))).toBe('no error');
    await hasty.close();
  });

  it('is waited for as long as patience lasts, and no longer', async () => {
    const hasty = await openNatsStore({ servers: server.address, patienceMs: 2000 });
    onTestFinished(() => hasty.close());
    const keyValue = await hasty.keyValue('bucket');
    await server.kill();
    // The client has noticed.
    await wait(100);
    const started = performance.now();
    await expect(keyValue.get('key')).rejects.toMatchObject({ code: 'MLIP_E_STORE_UNREACHABLE' });
    // Not once for the connection and once more for an answer.
    expect(performance.now() - started).toBeLessThan(3500);
  });

  it('is asked without anything staying behind', async () => {
    const link = await connectNats({ servers: server.address });
    onTestFinished(() => link.close());
    const before = followersOf(link.closing);
    for (let i = 0; i < 50; i++) await link.persist(() => link.manager.getAccountInfo());
    expect(followersOf(link.closing)).toBe(before);
  });

  it('is outlasted by whoever waits for a lease, who says so once', async () => {
    const hasty = await openNatsStore({ servers: server.address, patienceMs: 300 });
    onTestFinished(() => hasty.close());
    const keyValue = await hasty.keyValue('leases', { ttlMs: 5000 });
    const said: string[] = [];
    const log = createLogger({ name: 'test', write: (line) => said.push(line) });
    const request = { keyValue, key: 'key', holder: 'a', address: 'a:1', log };
    await server.kill();
    const waiting = acquireLease(request);
    const stop = new AbortController();
    const stopped = acquireLease({ ...request, log, signal: stop.signal });
    // Several times as long as patience lasts.
    await wait(2000);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    expect(said.filter((line) => line.includes('waiting for the store'))).toHaveLength(2);
    await server.restart();
    const lease = await waiting;
    expect(lease.holds()).toBe(true);
    expect(said.at(-1)).toContain('the store is back');
    await lease.release();
  });
});

/** Listeners of a signal, and the signals that AbortSignal.any has made of it. */
function followersOf(signal: AbortSignal): number {
  const made = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
  const dependants = made && (signal as unknown as Record<symbol, Set<unknown> | undefined>)[made];
  return getEventListeners(signal, 'abort').length + (dependants?.size ?? 0);
}

describe('an address where nobody answers', () => {
  it('is reported when patience ends', async () => {
    const [port] = await freePorts(1);
    await expect(openNatsStore({ servers: `127.0.0.1:${port}`, patienceMs: 400 })).rejects.toMatchObject({
      code: 'MLIP_E_STORE_UNREACHABLE',
      where: `nats://127.0.0.1:${port}`,
    });
  });

  it.skipIf(findNatsServer() === undefined)('is waited for within it', async () => {
    const [port] = await freePorts(1);
    const opening = openNatsStore({ servers: `127.0.0.1:${port}`, patienceMs: 20_000 });
    await wait(300);
    const server = await startNatsServer({ directory: temporaryDirectory(), port });
    onTestFinished(() => server.kill());
    await (await opening).close();
  });
});
