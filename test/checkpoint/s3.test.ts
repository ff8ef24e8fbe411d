// What is S3's own: its addresses, large objects, uploads that a crash cuts short, refusals.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { copyCheckpoint, verifyCheckpoint } from '../../src/checkpoint/copy.js';
import { openDestination, parseDestination, requireFreshDestination } from '../../src/checkpoint/destination.js';
import { DirectoryStore } from '../../src/checkpoint/directory-store.js';
import type { Checkpoint } from '../../src/checkpoint/checkpoint.js';
import type { CheckpointStore } from '../../src/checkpoint/store.js';
import { formatError, type MlipError } from '../../src/core/errors.js';
import { BUCKET, provideS3Server, startS3Server, type S3Server } from '../support/s3-server.js';
import { sampleCheckpoint } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();
afterEach(() => vi.unstubAllEnvs());

describe('checkpoint.destination', () => {
  it.each([
    ['', undefined],
    ['s3://bucket', { bucket: 'bucket', prefix: '' }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '' }],
    ['s3://my.bucket-1/runs/a=1', { bucket: 'my.bucket-1', prefix: 'runs/a=1/' }],
    ['s3://bucket/runs/', { bucket: 'bucket', prefix: 'runs/' }],
  ])('%j is understood', (text, place) => {
    expect(parseDestination(text)).toEqual(place);
  });

  it.each([
    'bucket',
    'gs://bucket',
    's3://',
    's3://B',
    's3://bucket//a',
    's3://bucket/../a b',
    's3://bucket/a?b',
    '/tmp',
  ])('%j is refused', (text) => {
    expect(() => parseDestination(text)).toThrow(expect.objectContaining({ code: 'MLIP_E_CHECKPOINT_DESTINATION' }));
  });

  it('with a password in it is refused without repeating it, and so is such an address of a server', async () => {
    const secret = 'hunter2secret';
    vi.stubEnv('MLIP_S3_ENDPOINT', `https://me:${secret}@store.example`);
    for (const text of [`s3://me:${secret}@bucket/runs`, 's3://bucket/runs']) {
      const error = await openDestination(text).then(
        () => undefined,
        (thrown: MlipError) => thrown,
      );
      expect(error?.code).toBe('MLIP_E_CHECKPOINT_DESTINATION');
      expect(formatError(error!)).not.toContain(secret);
    }
  });

  it('never leads out of its prefix', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let place: ReturnType<typeof parseDestination>;
        try {
          place = parseDestination(`s3://bucket/${text}`);
        } catch {
          return;
        }
        expect(place!.prefix).toMatch(/^([^/]+\/)*$/);
      }),
    );
  });
});

const server = await provideS3Server();
if ('missing' in server) process.stderr.write(`S3 is not tested: ${server.missing}\n`);

describe.skipIf('missing' in server)('a real S3-compatible server', () => {
  let s3: S3Server;
  beforeAll(async () => {
    if ('path' in server) Object.assign(process.env, (s3 = await startS3Server(server.path)).env);
  });
  afterAll(() => s3?.stop());

  const open = async (prefix: string): Promise<CheckpointStore> => (await openDestination(`s3://${BUCKET}/${prefix}`))!;

  /** More than S3 takes in one part. */
  function large(step: number): Checkpoint {
    const count = 6 << 20;
    const data = Float32Array.from({ length: count }, (_, index) => index * step);
    return { ...sampleCheckpoint(step), model: new Map([['a', { shape: [count], data }]]) };
  }

  /** Keys of uploads that were begun and neither completed nor given up. */
  async function openUploads(prefix: string): Promise<string[]> {
    const list = new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: prefix });
    const { Uploads = [] } = await asClient((client) => client.send(list));
    return Uploads.map(({ Key = '' }) => Key);
  }

  /** The upload of somebody who has begun so many hours ago. */
  async function beginUpload(key: string, hours: number): Promise<void> {
    const begin = new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key });
    const { UploadId = '' } = await asClient((client) => client.send(begin));
    backdate(UploadId, hours);
  }

  /** The server takes the time of an upload's directory for when it was begun; undefined stands for all uploads. */
  function backdate(upload: string | undefined, hours: number): void {
    const [uploads, then] = [join(s3.objects, '.sgwtmp', 'multipart'), Date.now() / 1000 - hours * 3600];
    for (const object of readdirSync(uploads)) {
      for (const name of readdirSync(join(uploads, object))) {
        if (upload === undefined || name === upload) utimesSync(join(uploads, object, name), then, then);
      }
    }
  }

  /** In use: those that wait for the next request don't count. */
  function connections(): number {
    return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  }

  async function asClient<T>(ask: (client: S3Client) => Promise<T>): Promise<T> {
    const client = new S3Client({ endpoint: s3.env['MLIP_S3_ENDPOINT'], region: 'us-east-1', forcePathStyle: true });
    return ask(client).finally(() => client.destroy());
  }

  it('takes objects of several parts, whole', async () => {
    await saveCheckpoint(out(), large(3));
    const store = await open('large');
    await copyCheckpoint(new DirectoryStore(out()), store, 3);
    await verifyCheckpoint(store, 3);
    expect(await openUploads('large')).toEqual([]);
  });

  it('has each checkpoint whole or not at all, whenever who copies it is killed; the next one clears up', async () => {
    await saveCheckpoint(out(), large(3));
    const script = join(import.meta.dirname, 'copy-to-s3.js');
    const store = await open('killed');
    const found = new Set<number>();
    for (let round = 0; round < 6; round++) {
      const copier = fork(script, [out(), '3', `s3://${BUCKET}/killed`]);
      await once(copier, 'message');
      await new Promise((go) => setTimeout(go, 60 + round * 90));
      copier.kill('SIGKILL');
      await once(copier, 'exit');
      const steps = await (await open('killed')).list();
      found.add(steps.length);
      for (const step of steps) await verifyCheckpoint(store, step);
    }
    expect(found).toContain(0);
    backdate(undefined, 25);
    await saveCheckpoint(out(), sampleCheckpoint(4));
    await copyCheckpoint(new DirectoryStore(out()), store, 4);
    expect(await openUploads('killed')).toEqual([]);
    for (const name of readdirSync(join(s3.objects, 'killed'))) {
      expect(existsSync(join(s3.objects, 'killed', name, 'state.json'))).toBe(true);
    }
  });

  it('keeps no connection of reads that were given up half-way', async () => {
    await saveCheckpoint(out(), large(3));
    await copyCheckpoint(new DirectoryStore(out()), await open('abandoned'), 3);
    const store = await open('abandoned');
    const before = connections();
    for (let count = 0; count < 5; count++) {
      for await (const piece of store.read(3, 'model.safetensors')) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    }
    await vi.waitUntil(() => connections() <= before, { timeout: 5_000 });
    await verifyCheckpoint(store, 3);
  });

  it.each(['', 'mine/'])(
    'gives up forsaken uploads of its own checkpoints under %j, and of nobody else',
    async (mine) => {
      const others = ['dataset.tar', 'step-notes/a.txt', 'step-2/deeper/a.bin', 'another-run/step-1/a.bin'];
      for (const key of others) await beginUpload(`${mine}${key}`, 48);
      await beginUpload('elsewhere/step-1/model.safetensors', 48);
      await beginUpload(`${mine}step-3/model.safetensors`, 23);
      await beginUpload(`${mine}step-1/model.safetensors`, 25);
      const before = await openUploads('');
      await saveCheckpoint(out(), sampleCheckpoint(9));
      await copyCheckpoint(new DirectoryStore(out()), await open(mine), 9);
      expect(await openUploads('')).toEqual(before.filter((key) => key !== `${mine}step-1/model.safetensors`));
    },
  );

  it.each([
    ['wrong secret', { AWS_SECRET_ACCESS_KEY: 'another-secret-that-is-wrong' }, 'SignatureDoesNotMatch'],
    ['unknown key', { AWS_ACCESS_KEY_ID: 'AKIDUNKNOWN' }, 'access key ID'],
    ['address at which nothing listens', { MLIP_S3_ENDPOINT: 'http://127.0.0.1:9' }, 'ECONNREFUSED'],
  ])('with a %s says so, without secrets', async (_, env, what) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const error = await (await open('refused')).list().then(
      () => undefined,
      (thrown: MlipError) => thrown,
    );
    expect(error).toMatchObject({ code: 'MLIP_E_CHECKPOINT_STORE', where: `s3://${BUCKET}/refused/` });
    expect(error!.message).toContain(what);
    expect(JSON.stringify([error, formatError(error!)])).not.toMatch(/secret-that|AKID|do-not-print/);
  });

  it('is refused to a new run where there are checkpoints of another one', async () => {
    await expect(requireFreshDestination(`s3://${BUCKET}/fresh`)).resolves.toBeUndefined();
    await saveCheckpoint(out(), sampleCheckpoint(8));
    await copyCheckpoint(new DirectoryStore(out()), await open('fresh'), 8);
    await expect(requireFreshDestination(`s3://${BUCKET}/fresh`)).rejects.toMatchObject({
      code: 'MLIP_E_CHECKPOINT_DESTINATION',
      where: `s3://${BUCKET}/fresh`,
    });
    await expect(requireFreshDestination('s3://nowhere')).rejects.toMatchObject({ code: 'MLIP_E_CHECKPOINT_STORE' });
  });
});
