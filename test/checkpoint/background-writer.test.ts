// Checkpoints that another thread writes: a real one, over real files and a real S3-compatible server.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BackgroundWriter, type WriterEvents } from '../../src/checkpoint/background-writer.js';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { openDestination } from '../../src/checkpoint/destination.js';
import { verifyCheckpoint } from '../../src/checkpoint/copy.js';
import { KEEP_ALL, type RetentionPolicy } from '../../src/checkpoint/retention.js';
import { BUCKET, provideS3Server, startS3Server, type S3Server } from '../support/s3-server.js';
import { runCommand as run, undeletable } from '../support/undeletable.js';
import { sampleCheckpoint } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();
const stored = (): string[] => readdirSync(join(out(), 'checkpoints')).sort();

const writers: BackgroundWriter[] = [];
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
});

function open(changes: { policy?: RetentionPolicy; destination?: string } = {}, events: WriterEvents = {}) {
  const writer = new BackgroundWriter({ out: out(), policy: KEEP_ALL, destination: '', ...changes }, events);
  writers.push(writer);
  return writer;
}

describe('a checkpoint that another thread writes', () => {
  it('is on disk, whole, when it is said to be', async () => {
    const expected = await saveCheckpoint(join(out(), 'here'), sampleCheckpoint(4));
    const { path, digest, step } = await open().write(sampleCheckpoint(4));
    expect({ path, step }).toEqual({ path: join(out(), 'checkpoints', 'step-4'), step: 4 });
    expect(digest).toBe(expected.digest);
    expect(await loadCheckpoint(path)).toEqual(sampleCheckpoint(4));
  });

  it('is not copied on its way: its tensors are gone here, and come back when they are written', async () => {
    const checkpoint = sampleCheckpoint(4);
    const released: unknown[] = [];
    const writing = open({}, { released: (tensors) => released.push(tensors) }).write(checkpoint);
    expect(checkpoint.model.get('vision.weight')!.data).toHaveLength(0);
    await writing;
    const { model, optimizer } = sampleCheckpoint(4);
    expect(released).toEqual([{ model, optimizer }]);
  });

  it('may share its buffers with others, and is then copied', async () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const model = new Map([['a', { shape: [2], data: whole.subarray(1, 3) }]]);
    const { path } = await open().write({ ...sampleCheckpoint(1), model });
    expect(whole).toHaveLength(4);
    expect([...(await loadCheckpoint(path)).model.get('a')!.data]).toEqual([2, 3]);
  });

  it('goes by the policy', async () => {
    const writer = open({ policy: { keep: 1, keepEverySteps: 4, keepBest: 'loss' } });
    for (const [index, loss] of [5, 1, 4, 3, 2, 6].entries()) {
      const { state, ...rest } = sampleCheckpoint(index + 1);
      await writer.write({ ...rest, state: { ...state, metrics: { loss } } });
    }
    expect(stored()).toEqual(['step-2', 'step-4', 'step-6']);
  });

  it('that cannot be written is an error, and the next one can be', async () => {
    writeFileSync(join(out(), 'checkpoints'), 'no directory');
    const writer = open();
    await expect(writer.write(sampleCheckpoint(1))).rejects.toMatchObject({
      code: 'MLIP_E_OUT_WRITE',
      where: out(),
    });
    rmSync(join(out(), 'checkpoints'));
    await writer.write(sampleCheckpoint(2));
    expect(stored()).toEqual(['step-2']);
  });

  it('that another one could not be given up for is written all the same, which is said; so are those after it', async ({
    skip,
  }) => {
    const failures: unknown[] = [];
    const notRetained: WriterEvents['notRetained'] = ({ code, where }, step) => failures.push([step, code, where]);
    const writer = open({ policy: { ...KEEP_ALL, keep: 1 } }, { notRetained });
    await writer.write(sampleCheckpoint(1));
    const release = await undeletable(join(out(), 'checkpoints', 'step-1'));
    skip(release === undefined, 'nothing is undeletable here');
    try {
      for (const step of [2, 3]) expect(await writer.write(sampleCheckpoint(step))).toMatchObject({ step });
      expect(failures[0]).toEqual([2, 'MLIP_E_OUT_WRITE', out()]);
      expect(stored()).toContain('step-3');
    } finally {
      await release!();
    }
    await writer.write(sampleCheckpoint(4));
    expect(stored()).toEqual(['step-4']);
  });

  it('is refused while another one is written', async () => {
    const writer = open();
    const first = writer.write(sampleCheckpoint(1));
    expect(() => writer.write(sampleCheckpoint(2))).toThrow('is being written already');
    await first;
  });

  it('that cannot be given to the thread is an error, and the next one can be written', async () => {
    const writer = open();
    const unsendable = { ...sampleCheckpoint(1), files: { 'vocab.txt': (() => '') as unknown as string } };
    await expect(writer.write(unsendable)).rejects.toMatchObject({ code: 'MLIP_E_INTERNAL', where: out() });
    expect(await writer.write(sampleCheckpoint(2))).toMatchObject({ step: 2 });
  });

  it('is written by a new thread while the one before, which failed, is still ending', async () => {
    // Passes here, and brings down the thread, where it is a Map again.
    const model = Object.assign(new Map([['a', null]]), { values: () => [] });
    const writer = open();
    for (let round = 0; round < 5; round++) {
      const deadly = { ...sampleCheckpoint(1), model: model as unknown as Checkpoint['model'] };
      await expect(writer.write(deadly)).rejects.toThrow('the thread that writes checkpoints failed');
      expect(await writer.write(sampleCheckpoint(2))).toMatchObject({ step: 2 });
    }
  });

  it('is an error where the thread ends, and a new thread writes the next one', async () => {
    const writer = open();
    const writing = writer.write(sampleCheckpoint(1));
    const refused = expect(writing).rejects.toThrow('the thread that writes checkpoints has ended');
    await writer.close();
    await refused;
    expect(await writer.write(sampleCheckpoint(2))).toMatchObject({ step: 2 });
  });
});

const server = await provideS3Server();
if ('missing' in server) process.stderr.write(`S3 is not tested: ${server.missing}\n`);

describe('with a destination', () => {
  let s3: S3Server;
  const destination = `s3://${BUCKET}/run`;
  beforeAll(async () => {
    if ('path' in server) Object.assign(process.env, (s3 = await startS3Server(server.path)).env);
  });
  afterAll(() => s3?.stop());
  beforeEach(({ skip }) => {
    skip('missing' in server, 'there is no such server');
    rmSync(join(s3.objects, 'run'), { recursive: true, force: true });
  });

  async function remote(): Promise<number[]> {
    const store = (await openDestination(destination))!;
    const steps = await store.list();
    for (const step of steps) await verifyCheckpoint(store, step);
    return steps;
  }

  it('a checkpoint is copied there, and the policy is kept there too', async () => {
    const copied: string[] = [];
    const writer = open(
      { destination, policy: { ...KEEP_ALL, keep: 2 } },
      { copied: (_, where) => copied.push(where) },
    );
    for (const step of [1, 2, 3]) {
      await writer.write(sampleCheckpoint(step));
      await writer.copied();
    }
    expect(await remote()).toEqual([3, 2]);
    expect(copied).toEqual([1, 2, 3].map((step) => `${destination}/step-${step}`));
  });

  it('what an earlier process could not copy is made up for, the newest first', async () => {
    for (const step of [1, 2, 3]) await saveCheckpoint(out(), sampleCheckpoint(step));
    const copied: number[] = [];
    const writer = open({ destination, policy: { ...KEEP_ALL, keep: 3 } }, { copied: (step) => copied.push(step) });
    await writer.write(sampleCheckpoint(4));
    await writer.copied();
    expect(copied).toEqual([4, 3, 2]);
    expect(await remote()).toEqual([4, 3, 2]);
  });

  it('a checkpoint is copied though an earlier one could not be given up here', async ({ skip }) => {
    const copied: number[] = [];
    const writer = open({ destination, policy: { ...KEEP_ALL, keep: 1 } }, { copied: (step) => copied.push(step) });
    await writer.write(sampleCheckpoint(1));
    await writer.copied();
    const release = await undeletable(join(out(), 'checkpoints', 'step-1'));
    skip(release === undefined, 'nothing is undeletable here');
    try {
      await writer.write(sampleCheckpoint(2));
      await writer.copied();
      expect(copied).toEqual([1, 2]);
    } finally {
      await release!();
    }
  });

  it('a damaged checkpoint is not copied, and is no obstacle for the others', async () => {
    for (const step of [1, 2]) await saveCheckpoint(out(), sampleCheckpoint(step));
    writeFileSync(join(out(), 'checkpoints', 'step-2', 'vocab.txt'), 'other');
    const failures: unknown[] = [];
    const writer = open({ destination }, { notCopied: ({ code }, step) => failures.push([step, code]) });
    await writer.write(sampleCheckpoint(3));
    await writer.copied();
    expect(await remote()).toEqual([3, 1]);
    expect(failures).toEqual([[2, 'MLIP_E_CHECKPOINT_CORRUPT']]);
  });

  it('a destination that hangs keeps no checkpoint from being written; what is late is left out', async () => {
    const copied: number[] = [];
    const writer = open({ destination, policy: { ...KEEP_ALL, keep: 1 } }, { copied: (step) => copied.push(step) });
    await writer.write(sampleCheckpoint(1));
    await writer.copied();
    s3.signal('SIGSTOP');
    try {
      for (const step of [2, 3, 4, 5, 6]) await writer.write(sampleCheckpoint(step));
    } finally {
      s3.signal('SIGCONT');
    }
    await writer.copied();
    expect(copied.at(0)).toBe(1);
    expect(copied.at(-1)).toBe(6);
    expect(copied.length).toBeLessThanOrEqual(3);
    expect(await remote()).toEqual([6]);
    // One is kept here while it is copied.
    expect(stored()).toContain('step-6');
    expect(stored().length).toBeLessThanOrEqual(2);
  });

  it('that does not exist is said, without the secret, and the checkpoint is there all the same', async () => {
    const failures: { code: string; message: string; where: string | undefined }[] = [];
    const writer = open({ destination: 's3://nowhere/run' }, { notCopied: (error) => failures.push(error) });
    await writer.write(sampleCheckpoint(1));
    await writer.copied();
    expect(stored()).toEqual(['step-1']);
    expect(failures).toHaveLength(1);
    expect(failures[0].code).toBe('MLIP_E_CHECKPOINT_STORE');
    expect(failures[0].message).toContain('NoSuchBucket');
    expect(JSON.stringify(failures)).not.toContain(s3.env['AWS_SECRET_ACCESS_KEY']);
  });
});

describe('a full disk', () => {
  // A disk of its own needs root; elsewhere the test says that it was left out.
  const disk = (): string => join(out(), 'disk');

  it('is an error that leaves the checkpoint before, and no half of one', async ({ skip }) => {
    mkdirSync(disk());
    const mounted = await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk());
    skip(!mounted, 'mounting a small disk needs root');
    try {
      const writer = new BackgroundWriter({ out: disk(), policy: KEEP_ALL, destination: '' });
      writers.push(writer);
      await writer.write(sampleCheckpoint(1));
      const large = new Map([['a', { shape: [1 << 20], data: new Float32Array(1 << 20) }]]);
      await expect(writer.write({ ...sampleCheckpoint(2), model: large })).rejects.toMatchObject({
        code: 'MLIP_E_OUT_WRITE',
        message: expect.stringContaining('ENOSPC') as string,
      });
      expect(readdirSync(join(disk(), 'checkpoints'))).toEqual(['step-1']);
      await writer.write(sampleCheckpoint(3));
      expect(await loadCheckpoint(join(disk(), 'checkpoints', 'step-3'))).toEqual(sampleCheckpoint(3));
    } finally {
      await run('umount', disk());
    }
  });
});
