// What mlip makes on a NATS server, and what it does where somebody else has made or damaged it.
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectNats } from '../../src/bus/nats/connect.js';
import { removeAbandonedChunks } from '../../src/bus/nats/abandoned-chunks.js';
import { openEventLog } from '../../src/bus/nats/event-log.js';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { KEPT_EVENTS, readObject, type Store } from '../../src/bus/store.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer, type NatsServer } from '../support/nats-server.js';
import { bytes, codeOf, fresh, take, text } from './contract/opened.js';
import { makeDirectory, removeDirectory } from './temporary.js';

describe.skipIf(findNatsServer() === undefined)('on a NATS server', () => {
  let directory: string;
  let server: NatsServer;
  let store: Store;
  let connection: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    directory = makeDirectory();
    server = await startNatsServer({ directory });
    store = await openNatsStore({ servers: server.address });
    connection = await connect({ servers: server.address });
    manager = await jetstreamManager(connection);
  });
  afterAll(async () => {
    await store?.close();
    await connection?.close();
    await server?.kill();
    removeDirectory(directory);
  });

  it('buckets, queues and logs that others made with other settings are used as they are', async () => {
    await manager.streams.add({
      name: 'KV_mlip_made',
      subjects: ['$KV.mlip_made.>'],
      max_msgs_per_subject: 5,
      max_age: nanos(90_000),
    });
    await manager.streams.add({
      name: 'mlip_queue_made',
      subjects: ['mlip.queue.made'],
      retention: 'workqueue',
      storage: 'memory',
    });
    await manager.streams.add({
      name: 'OBJ_mlip_made',
      subjects: ['$O.mlip_made.C.>', '$O.mlip_made.M.>'],
      allow_rollup_hdrs: true,
      description: 'x',
    });
    const keyValue = await store.keyValue('made', { ttlMs: 1000 });
    expect(keyValue.ttlMs).toBe(90_000);
    const revision = (await keyValue.compareAndSet('key', bytes('a'), 0))!;
    expect(await keyValue.compareAndSet('key', bytes('b'), revision)).toBeGreaterThan(revision);
    expect(await keyValue.keys()).toEqual(['key']);
    const queue = await store.queue('made', { visibilityMs: 1000 });
    await queue.submit(bytes('1'));
    expect(text((await queue.take({ waitMs: 5_000 }))!.value)).toBe('1');
    const objects = await store.objects('made');
    await objects.put('a', bytes('a'));
    expect(text(await readObject(objects, 'a'))).toBe('a');
  });

  it('deployments with other namespaces do not see each other', async () => {
    const other = await openNatsStore({ servers: server.address, namespace: 'other' });
    await (await store.keyValue('bucket')).compareAndSet('key', bytes('a'), 0);
    await (await store.events('log')).append(bytes('a'));
    expect(await (await other.keyValue('bucket')).get('key')).toBeNull();
    expect(await take((await other.events('log')).read(), 9)).toEqual([]);
    await other.close();
  });

  it('the oldest events of a log are dropped, and none of another one', async () => {
    const link = await connectNats({ servers: server.address, namespace: 'few' });
    const [log, other] = [await openEventLog(link, 'log', 3), await openEventLog(link, 'other', 3)];
    await other.append(bytes('other'));
    for (let i = 1; i <= 5; i++) await log.append(bytes(`${i}`));
    expect((await take(log.read(), 9)).map(({ value }) => text(value))).toEqual(['3', '4', '5']);
    expect((await take(other.read(), 9)).map(({ value }) => text(value))).toEqual(['other']);
    await store.events('log');
    const { config } = await manager.streams.info('mlip_events');
    expect(config.max_msgs_per_subject).toBe(KEPT_EVENTS);
    await link.close();
  });

  it('an object with a chunk that is missing, or is another one, is corrupt', async () => {
    const bucket = fresh('bucket');
    const objects = await store.objects(bucket);
    const stream = `OBJ_mlip_${bucket}`;
    const content = Buffer.alloc(1_200_000, 'object');
    for (const damage of ['missing', 'other'] as const) {
      await objects.put('a', content);
      const { state } = await manager.streams.info(stream, { subjects_filter: `$O.mlip_${bucket}.C.*` });
      const [subject] = Object.keys(state.subjects!);
      const last = (await manager.streams.getMessage(stream, { last_by_subj: subject }))!;
      await manager.streams.deleteMessage(stream, last.seq);
      if (damage === 'other') await jetstream(connection).publish(subject, new Uint8Array(last.data.length));
      expect(await codeOf(readObject(objects, 'a'))).toBe('MLIP_E_STORE_CORRUPT');
    }
    await objects.put('a', content);
    expect(content.equals(await readObject(objects, 'a'))).toBe(true);
  });

  it('an object that is replaced while it is read is read again, or reported', async () => {
    const objects = await store.objects(fresh('bucket'));
    await objects.put('a', Buffer.alloc(1_200_000, 'old'));
    const reading = objects.get('a')[Symbol.asyncIterator]();
    await reading.next();
    await objects.put('a', bytes('new'));
    expect(await codeOf(reading.next().then(() => reading.next()))).toBe('MLIP_E_STORE_FAILED');
    expect(text(await readObject(objects, 'a'))).toBe('new');
  });

  it('chunks that a dead writer left are removed, those of objects are not', async () => {
    const bucket = fresh('bucket');
    const objects = await store.objects(bucket);
    await objects.put('a', bytes('kept'));
    await jetstream(connection).publish(`$O.mlip_${bucket}.C.dead`, bytes('left'));
    const link = await connectNats({ servers: server.address });
    const left = async (): Promise<number> => (await manager.streams.info(`OBJ_mlip_${bucket}`)).state.messages;
    await removeAbandonedChunks(link, `mlip_${bucket}`, 60_000);
    expect(await left()).toBe(3);
    await removeAbandonedChunks(link, `mlip_${bucket}`, 0);
    expect(await left()).toBe(2);
    expect(text(await readObject(objects, 'a'))).toBe('kept');
    await link.close();
  });
});
