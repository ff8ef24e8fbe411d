// Three nats-servers as one: what is stored survives the loss of any of them, and clients go on with the others.
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireLease } from '../../src/bus/lease.js';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { readObject, type Store } from '../../src/bus/store.js';
import { findNatsServer } from '../support/nats-provision.js';
import { freePorts, startNatsServer, type NatsServer } from '../support/nats-server.js';
import { bytes, text } from './contract/opened.js';
import { makeDirectory, removeDirectory } from './temporary.js';

async function startCluster(directory: string): Promise<NatsServer[]> {
  const routes = await freePorts(3);
  const config = (i: number): string => `server_name: node-${i}
cluster {
  name: cluster
  listen: "127.0.0.1:${routes[i]}"
  routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}]
}`;
  const start = (i: number): Promise<NatsServer> =>
    startNatsServer({ directory: join(directory, `node-${i}`), config: config(i) });
  return Promise.all([0, 1, 2].map(start));
}

describe.skipIf(findNatsServer() === undefined)('a cluster of three NATS servers', () => {
  let directory: string;
  let servers: NatsServer[];
  let store: Store;

  beforeAll(async () => {
    directory = makeDirectory();
    servers = await startCluster(directory);
    // The others tell of themselves.
    store = await openNatsStore({ servers: servers[0].address });
  });
  afterAll(async () => {
    await store?.close();
    await Promise.all((servers ?? []).map((server) => server.kill()));
    removeDirectory(directory);
  });

  it('keeps three copies of everything', async () => {
    await store.keyValue('bucket');
    await store.queue('queue', { visibilityMs: 1000 });
    await store.events('log');
    await store.objects('bucket');
    const connection = await connect({ servers: servers[0].address });
    const manager = await jetstreamManager(connection);
    const copies: Record<string, number> = {};
    for await (const { config } of manager.streams.list()) copies[config.name] = config.num_replicas;
    await connection.close();
    expect(copies).toEqual({ KV_mlip_bucket: 3, mlip_queue_queue: 3, mlip_events: 3, OBJ_mlip_bucket: 3 });
  });

  it('goes on when the server is killed with which it spoke: no change is lost or made twice, and the leader leads on', async () => {
    const keyValue = await store.keyValue('bucket');
    const events = await store.events('log');
    const queue = await store.queue('queue', { visibilityMs: 60_000 });
    const objects = await store.objects('bucket');
    await objects.put('a', bytes('object'));
    const leases = await store.keyValue('leases', { ttlMs: 20_000 });
    const lease = await acquireLease({ keyValue: leases, key: 'leader', holder: 'a', address: 'a:1' });
    const stop = new AbortController();
    const followed: string[] = [];
    const following = (async (): Promise<void> => {
      for await (const { value } of events.read({ follow: true, signal: stop.signal })) followed.push(text(value));
    })();

    const appended: string[] = [];
    let revision = 0;
    const work = async (): Promise<void> => {
      const next = `${appended.length}`;
      revision = (await keyValue.compareAndSet('counter', bytes(next), revision))!;
      expect(revision).not.toBeNull();
      await events.append(bytes(next));
      await queue.submit(bytes(next));
      appended.push(next);
    };
    for (let i = 0; i < 5; i++) await work();
    await servers[0].kill();
    for (let i = 0; i < 5; i++) await work();
    expect(text(await readObject(objects, 'a'))).toBe('object');
    await servers[0].restart();
    for (let i = 0; i < 5; i++) await work();
    const taken: string[] = [];
    while (taken.length < appended.length) {
      const item = (await queue.take({ waitMs: 5000 }))!;
      taken.push(text(item.value));
      await item.done();
    }
    expect(taken).toEqual(appended);
    await expect.poll(() => followed.length, { timeout: 15_000 }).toBe(appended.length);
    expect(followed).toEqual(appended);
    stop.abort();
    await following;
    expect(lease.holds()).toBe(true);
    await lease.release();
  });
});
