// One contract for every store of checkpoints: a directory, and objects in a real S3-compatible server.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { copyCheckpoint, verifyCheckpoint } from '../../src/checkpoint/copy.js';
import { openDestination } from '../../src/checkpoint/destination.js';
import { DirectoryStore } from '../../src/checkpoint/directory-store.js';
import { retain } from '../../src/checkpoint/retain.js';
import { KEEP_ALL } from '../../src/checkpoint/retention.js';
import type { CheckpointStore, StoredFile } from '../../src/checkpoint/store.js';
import { BUCKET, provideS3Server, startS3Server, type S3Server } from '../support/s3-server.js';
import { sampleCheckpoint, sampleTensors } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const server = await provideS3Server();
if ('missing' in server) process.stderr.write(`S3 is not tested: ${server.missing}\n`);

let s3: S3Server;
beforeAll(async () => {
  if ('missing' in server) return;
  s3 = await startS3Server(server.path);
  Object.assign(process.env, s3.env);
});
afterAll(() => s3?.stop());

const out = temporaryDirectory();
const source = (): DirectoryStore => new DirectoryStore(out());

/** A store, and the directory in which what it keeps can be seen. */
interface Subject {
  store: CheckpointStore;
  folder: string;
}

const subjects: [string, boolean, () => Promise<Subject>][] = [
  [
    'a directory',
    true,
    async () => ({ store: new DirectoryStore(join(out(), 'other')), folder: join(out(), 'other', 'checkpoints') }),
  ],
  [
    'S3',
    'path' in server,
    async () => {
      rmSync(join(s3.objects, 'runs'), { recursive: true, force: true });
      const store = await openDestination(`s3://${BUCKET}/runs/first`);
      return { store: store!, folder: join(s3.objects, 'runs', 'first') };
    },
  ],
];

describe.each(subjects)('in %s', (_, available, open) => {
  let store: CheckpointStore;
  let folder: string;
  beforeEach(async ({ skip }) => {
    skip(!available, 'there is no such server');
    ({ store, folder } = await open());
  });

  async function put(...steps: number[]): Promise<void> {
    for (const step of steps) {
      await saveCheckpoint(out(), sampleCheckpoint(step));
      await copyCheckpoint(source(), store, step);
    }
  }

  it('a checkpoint comes back as it was', async () => {
    await put(12);
    await verifyCheckpoint(store, 12);
    await copyCheckpoint(store, new DirectoryStore(join(out(), 'back')), 12);
    expect(await loadCheckpoint(join(out(), 'back', 'checkpoints', 'step-12'))).toEqual(sampleCheckpoint(12));
  });

  it('steps are listed from the newest, by number', async () => {
    expect(await store.list()).toEqual([]);
    await put(9, 100, 10);
    expect(await store.list()).toEqual([100, 10, 9]);
  });

  it('one of the same step takes the place of the earlier one', async () => {
    await put(5);
    await saveCheckpoint(out(), { ...sampleCheckpoint(5), model: sampleTensors(99), files: {} });
    const { sha256 } = await copyCheckpoint(source(), store, 5);
    expect((await verifyCheckpoint(store, 5)).sha256).toBe(sha256);
    expect(existsSync(join(folder, 'step-5', 'vocab.txt'))).toBe(false);
  });

  it('nothing is kept of a checkpoint of which a file is not what it should be', async () => {
    await saveCheckpoint(out(), sampleCheckpoint(3));
    const state = await source().state(3);
    const files = Object.entries(state.files).map(([name, digest]): StoredFile => ({
      name,
      digest,
      read: () => source().read(3, name),
    }));
    files[1] = { ...files[1], read: () => source().read(3, 'vocab.txt') };
    await expect(store.write(state, files)).rejects.toMatchObject({
      code: 'MLIP_E_CHECKPOINT_CORRUPT',
      where: files[1].name,
    });
    expect(await store.list()).toEqual([]);
  });

  it('nothing is kept of a checkpoint that cannot be read to its end, and the next one clears it away', async () => {
    await saveCheckpoint(out(), sampleCheckpoint(3));
    const state = await source().state(3);
    const files = Object.entries(state.files).map(([name, digest]): StoredFile => ({ name, digest, read: half }));
    async function* half(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('the disk is gone');
    }
    await expect(store.write(state, files)).rejects.toThrow('the disk is gone');
    expect(await store.list()).toEqual([]);
    await put(4);
    expect(readdirSync(folder)).toEqual(['step-4']);
  });

  it('damage is found, whatever file it is in', async () => {
    await put(1);
    for (const name of ['model.safetensors', 'optimizer.safetensors', 'vocab.txt', 'config.json']) {
      await put(1);
      writeFileSync(join(folder, 'step-1', name), 'x');
      await expect(verifyCheckpoint(store, 1)).rejects.toMatchObject({
        code: 'MLIP_E_CHECKPOINT_CORRUPT',
        where: expect.stringMatching(new RegExp(`/step-1/${name}$`)) as string,
      });
    }
  });

  it('what is removed is gone, and can be removed once', async () => {
    await put(1, 2);
    await store.remove(1);
    expect(await store.list()).toEqual([2]);
    expect(readdirSync(folder)).toEqual(['step-2']);
    await expect(store.remove(1)).rejects.toMatchObject({ code: 'MLIP_E_CHECKPOINT_MISSING' });
    await expect(store.state(1)).rejects.toMatchObject({ code: 'MLIP_E_CHECKPOINT_MISSING' });
  });

  it('the policy is kept, by the metrics in state.json', async () => {
    for (const [index, loss] of [3, 1, 2, 4, 5].entries()) {
      const { state, ...rest } = sampleCheckpoint(index + 1);
      await saveCheckpoint(out(), { ...rest, state: { ...state, metrics: { loss, broken: NaN } } });
      await copyCheckpoint(source(), store, index + 1);
    }
    const policy = { ...KEEP_ALL, keep: 1, keepBest: 'loss' };
    expect(await retain(store, policy, new Set([3]))).toEqual([4, 1]);
    expect(await store.list()).toEqual([5, 3, 2]);
    expect((await store.state(2)).metrics).toEqual({ loss: 1 });
  });
});
