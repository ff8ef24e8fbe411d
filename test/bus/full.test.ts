// A store without room: what does not fit is refused with a clear error, what is there stays, and there is a way on.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { readObject, type Store } from '../../src/bus/store.js';
import { findNatsServer, isAtLeast } from '../support/nats-provision.js';
import { startNatsServer } from '../support/nats-server.js';
import { bytes, codeOf, text } from './contract/opened.js';
import { temporaryDirectory } from './temporary.js';

const CHUNK = new Uint8Array(400_000).fill(7);

/** A small file system of its own, where this user may mount one. */
function smallDisk(megabytes: number): string | null {
  const path = join(temporaryDirectory(), 'disk');
  mkdirSync(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  if (status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return path;
}

async function fill(store: Store): Promise<{ appended: number; code: string }> {
  const events = await store.events('log');
  for (let appended = 0; appended < 100; appended++) {
    const code = await codeOf(events.append(CHUNK));
    if (code !== 'no error') return { appended, code };
  }
  throw new Error('it never was full');
}

async function countEvents(store: Store): Promise<number> {
  let count = 0;
  for await (const { value } of (await store.events('log')).read()) count += Number(Buffer.compare(value, CHUNK) === 0);
  return count;
}

async function expectIntact(store: Store, events: number): Promise<void> {
  expect(text((await (await store.keyValue('bucket')).get('key'))!.value)).toBe('before');
  expect(text(await readObject(await store.objects('bucket'), 'a'))).toBe('before');
  expect(await countEvents(store)).toBe(events);
}

async function prepare(store: Store): Promise<void> {
  await (await store.keyValue('bucket')).compareAndSet('key', bytes('before'), 0);
  await (await store.objects('bucket')).put('a', bytes('before'));
  await (await store.objects('bucket')).put('large', new Uint8Array(2_000_000));
}

describe('a store in a directory on a full disk', () => {
  it('refuses what does not fit, and goes on when there is room', async ({ skip }) => {
    const disk = smallDisk(6);
    if (disk === null) return skip('this user may not mount a small file system');
    const store = await openDirectoryStore(join(disk, 'store'));
    await prepare(store);
    await writeFile(join(disk, 'other'), new Uint8Array(1_000_000));
    const { appended, code } = await fill(store);
    expect(code).toBe('MLIP_E_STORE_FULL');
    expect(appended).toBeGreaterThan(2);
    const objects = await store.objects('bucket');
    expect(await codeOf(objects.put('a', new Uint8Array(4_000_000)))).toBe('MLIP_E_STORE_FULL');
    await expectIntact(store, appended);
    await rm(join(disk, 'other'));
    await (await store.events('log')).append(CHUNK);
    await expectIntact(store, appended + 1);
    await store.close();
  });
});

describe.skipIf(findNatsServer() === undefined)('a store on a NATS server', () => {
  it('that has reached its limit refuses what does not fit, and goes on when something was removed', async ({
    skip,
  }) => {
    if (!isAtLeast(2, 10)) return skip('this nats-server frees no room for what is removed');
    const server = await startNatsServer({ directory: temporaryDirectory(), jetstream: 'max_file_store: 8MB' });
    onTestFinished(() => server.kill());
    const store = await openNatsStore({ servers: server.address, patienceMs: 5000 });
    onTestFinished(() => store.close());
    await prepare(store);
    const { appended, code } = await fill(store);
    expect(code).toBe('MLIP_E_STORE_FULL');
    expect(appended).toBeGreaterThan(5);
    const objects = await store.objects('bucket');
    expect(await codeOf(objects.put('a', new Uint8Array(4_000_000)))).toBe('MLIP_E_STORE_FULL');
    await expectIntact(store, appended);
    await objects.remove('large');
    const events = await store.events('log');
    await expect.poll(() => codeOf(events.append(CHUNK))).toBe('no error');
    await expectIntact(store, appended + 1);
  });

  it('whose disk is full reports it, and has everything when it is started again with room', async ({ skip }) => {
    const disk = smallDisk(16);
    if (disk === null) return skip('this user may not mount a small file system');
    const server = await startNatsServer({ directory: disk });
    onTestFinished(() => server.kill());
    const store = await openNatsStore({ servers: server.address, patienceMs: 1500 });
    onTestFinished(() => store.close());
    await prepare(store);
    await writeFile(join(disk, 'other'), new Uint8Array(6_000_000));
    const { appended, code } = await fill(store);
    // The server gives no answer about that event, and its log says why.
    expect(['MLIP_E_STORE_FULL', 'MLIP_E_STORE_TIMEOUT', 'MLIP_E_STORE_UNSUPPORTED']).toContain(code);
    await rm(join(disk, 'other'));
    await server.restart();
    await expectIntact(store, appended);
  });
});
