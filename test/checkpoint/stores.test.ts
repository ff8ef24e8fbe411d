// One contract for every store of checkpoints: a directory, objects in a real S3-compatible server, objects of a bus.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { copyCheckpoint, verifyCheckpoint } from '../../src/checkpoint/copy.js';
import { openDestination } from '../../src/checkpoint/destination.js';
import { DirectoryStore } from '../../src/checkpoint/directory-store.js';
import { newestWhole } from '../../src/checkpoint/newest-whole.js';
import { ObjectCheckpointStore } from '../../src/checkpoint/object-store.js';
import { retain } from '../../src/checkpoint/retain.js';
import { KEEP_ALL } from '../../src/checkpoint/retention.js';
import { mirrorSmall } from '../../src/checkpoint/small-checkpoints.js';
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

/** A store, and what is in it seen from outside: names like `step-5/vocab.txt`. */
interface Subject {
  store: CheckpointStore;
  names: () => Promise<string[]>;
  spoil: (name: string) => Promise<void>;
}

function inFolder(store: CheckpointStore, folder: string): Subject {
  return {
    store,
    async names() {
      if (!existsSync(folder)) return [];
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return files.map((file) => join(relative(folder, file.parentPath), file.name));
    },
    spoil: async (name) => writeFileSync(join(folder, name), 'x'),
  };
}

const subjects: [string, boolean, () => Promise<Subject>][] = [
  [
    'a directory',
    true,
    async () => inFolder(new DirectoryStore(join(out(), 'other')), join(out(), 'other', 'checkpoints')),
  ],
  [
    'S3',
    'path' in server,
    async () => {
      rmSync(join(s3.objects, 'runs'), { recursive: true, force: true });
      const store = await openDestination(`s3://${BUCKET}/runs/first`);
      return inFolder(store!, join(s3.objects, 'runs', 'first'));
    },
  ],
  [
    'the object store of a bus',
    true,
    async () => {
      const objects = await (await openDirectoryStore(join(out(), 'bus'))).objects('checkpoints');
      await objects.put('reports/first.html', Buffer.from('not a checkpoint'));
      await objects.put('run-2/step-77/state.json', Buffer.from('another run'));
      return {
        store: new ObjectCheckpointStore({ objects, where: 'bus', prefix: 'run-1/' }),
        async names() {
          const all = (await objects.list()).map(({ name }) => name);
          return all.filter((name) => name.startsWith('run-1/')).map((name) => name.slice('run-1/'.length));
        },
        spoil: async (name) => void (await objects.put(`run-1/${name}`, Buffer.from('x'))),
      };
    },
  ],
];

describe.each(subjects)('in %s', (_, available, open) => {
  let store: CheckpointStore;
  let names: Subject['names'];
  let spoil: Subject['spoil'];
  const steps = async (): Promise<string[]> => [...new Set((await names()).map((name) => name.split('/')[0]))];
  beforeEach(async ({ skip }) => {
    skip(!available, 'there is no such server');
    ({ store, names, spoil } = await open());
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
    expect((await names()).sort()).toEqual([
      'step-5/model.safetensors',
      'step-5/optimizer.safetensors',
      'step-5/state.json',
    ]);
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
    expect(await steps()).toEqual(['step-4']);
  });

  it('damage is found, whatever file it is in', async () => {
    await put(1);
    for (const name of ['model.safetensors', 'optimizer.safetensors', 'vocab.txt', 'config.json']) {
      await put(1);
      await spoil(`step-1/${name}`);
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
    expect(await steps()).toEqual(['step-2']);
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

it('several that give up the same checkpoints of a directory at the same time do each other no harm', async () => {
  for (let step = 1; step <= 20; step++) await saveCheckpoint(out(), sampleCheckpoint(step));
  const deleters = Array.from({ length: 4 }, () => retain(source(), { ...KEEP_ALL, keep: 2 }, new Set()));
  await Promise.all(deleters);
  expect(readdirSync(join(out(), 'checkpoints')).sort()).toEqual(['step-19', 'step-20']);
});

describe('small checkpoints in the object store of a bus', () => {
  const small = async (maxBytes?: number) => {
    const objects = await (await openDirectoryStore(join(out(), 'bus'))).objects('checkpoints');
    const warnings: string[] = [];
    const mirror = mirrorSmall({
      ...{ out: out(), objects, where: 'bus', prefix: 'run/', policy: { ...KEEP_ALL, keep: 2 } },
      ...(maxBytes === undefined ? {} : { maxBytes }),
      warn: (message) => warnings.push(message),
    });
    const elsewhere = new ObjectCheckpointStore({ objects, where: 'bus', prefix: 'run/' });
    return { mirror, warnings, elsewhere };
  };

  it('are copied by the policy, and a run can go on from them', async () => {
    const { mirror, warnings, elsewhere } = await small();
    for (const step of [1, 2, 3]) await saveCheckpoint(out(), sampleCheckpoint(step));
    mirror.wake();
    await mirror.idle();
    expect(await elsewhere.list()).toEqual([3, 2]);
    rmSync(join(out(), 'checkpoints'), { recursive: true });
    const found = await newestWhole(out(), { elsewhere: [elsewhere], warn: (message) => warnings.push(message) });
    expect(await loadCheckpoint(found!.path)).toEqual(sampleCheckpoint(3));
    expect(warnings).toEqual([]);
  });

  it('are all that is taken: that others are too large is said once, and nothing fails', async () => {
    const { mirror, warnings, elsewhere } = await small(100);
    for (const step of [1, 2]) {
      await saveCheckpoint(out(), sampleCheckpoint(step));
      mirror.wake();
      await mirror.idle();
    }
    expect(await elsewhere.list()).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('the checkpoint of step 1 has 1 MiB')]);
  });
});
