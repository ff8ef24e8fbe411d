// What a run leaves in the store of its coordinators: small checkpoints, a manifest of the newest one, reports.
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readObject, type Store } from '../../src/bus/store.js';
import { loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { newestWhole } from '../../src/checkpoint/newest-whole.js';
import { archivedCheckpoints } from '../../src/coordinator/archive/archived-checkpoints.js';
import { fetchReports } from '../../src/coordinator/archive/fetch-reports.js';
import { Manifests, type RunManifest } from '../../src/coordinator/archive/manifest.js';
import { openArchive } from '../../src/coordinator/archive/open-archive.js';
import { putReports } from '../../src/coordinator/archive/reports.js';
import type { ArchiveOptions, RunArchive } from '../../src/coordinator/archive/run-archive.js';
import { bucketOf, RunObjects } from '../../src/coordinator/archive/run-objects.js';
import type { RunOutcome } from '../../src/coordinator/events.js';
import { createLogger } from '../../src/core/log.js';
import { sampleCheckpoint, sampleTensors } from '../checkpoint/samples.js';
import { describeStores } from '../support/stores.js';
import { scratch } from './harness.js';

const finished = (step: number): RunOutcome => ({ kind: 'finished', step, checkpoint: null });

let names = 0;

describeStores('the archive of a run', (under) => {
  interface Opened {
    archive: RunArchive;
    out: string;
    store: Store;
    name: string;
    said: string[];
  }

  async function open(options: Partial<ArchiveOptions> & { name?: string } = {}): Promise<Opened> {
    const said: string[] = [];
    const [store, out] = [await under.open(), options.out ?? scratch()];
    const name = options.name ?? `run-${names++}`;
    const archive = await openArchive({
      ...{ shared: { store, name }, runId: 'first', out, origin: 'new', savedStep: null, limitMs: 10_000 },
      checkpoint: { keep: 2, keepEverySteps: 0, keepBest: '', destination: '' },
      log: createLogger({ name: 'test', level: 'warn', write: (line) => said.push(line) }),
      ...options,
    });
    return { archive: archive!, out, store, name, said };
  }

  async function save({ archive, out }: Opened, ...steps: number[]): Promise<void> {
    for (const step of steps) {
      await saveCheckpoint(out, sampleCheckpoint(step));
      archive.noteSaved(step);
    }
  }

  const manifestOf = async ({ store, name }: Opened): Promise<RunManifest | null> =>
    (await Manifests.open(store)).read(name);
  const objectsOf = async ({ store, name }: Opened): Promise<string[]> =>
    (await (await store.objects(bucketOf(name))).list()).map((object) => object.name);

  it('has small checkpoints by the policy, and a manifest of the newest', async () => {
    const opened = await open();
    await save(opened, 1, 2, 3);
    await opened.archive.close(finished(3));
    expect(await opened.archive.checkpoints().list()).toEqual([3, 2]);
    const state = await opened.archive.checkpoints().state(3);
    expect((await manifestOf(opened))?.checkpoint).toMatchObject({
      ...{ step: 3, sha256: state.sha256, files: state.files, inStore: true, destination: '' },
      path: join(opened.out, 'checkpoints', 'step-3'),
    });
    expect(opened.said).toEqual([]);
  });

  it('is where a run finds what its directory lacks, or has damaged', async () => {
    const opened = await open();
    await save(opened, 1, 2);
    await opened.archive.close(finished(2));
    truncateSync(join(opened.out, 'checkpoints', 'step-2', 'model.safetensors'), 10);
    const elsewhere = await archivedCheckpoints(opened.store, opened.name, opened.out);
    const search = { elsewhere, warn: () => undefined };
    expect(await loadCheckpoint((await newestWhole(opened.out, search))!.path)).toEqual(sampleCheckpoint(2));
    rmSync(opened.out, { recursive: true });
    expect(await loadCheckpoint((await newestWhole(opened.out, search))!.path)).toEqual(sampleCheckpoint(2));
  });

  it('has the manifest of a large checkpoint alone, and says so', async () => {
    const opened = await open();
    const { state, ...rest } = sampleCheckpoint(1);
    const model = new Map([['weight', { shape: [17 << 20], data: new Float32Array(17 << 20) }]]);
    await saveCheckpoint(opened.out, { ...rest, model, state });
    opened.archive.noteSaved(1);
    await opened.archive.close(finished(1));
    expect(await opened.archive.checkpoints().list()).toEqual([]);
    const { checkpoint } = (await manifestOf(opened))!;
    expect(checkpoint).toMatchObject({ step: 1, inStore: false, path: join(opened.out, 'checkpoints', 'step-1') });
    expect(checkpoint!.bytes).toBeGreaterThan(68 << 20);
    expect(opened.said.filter((line) => line.includes('the checkpoint of step 1 has 69 MiB'))).toHaveLength(1);
  });

  it('has the reports at the end, however the run ended, but none that is too large', async () => {
    const opened = await open();
    for (const name of ['config.yaml', 'run.json', 'metrics.jsonl']) writeFileSync(join(opened.out, name), name);
    writeFileSync(join(opened.out, 'token'), 'secret');
    const failed = { code: 'MLIP_E_WORKER_LOST', message: '', where: '', remedy: '', worker: 0, step: 2 } as const;
    await opened.archive.close({ kind: 'failed', ...failed, checkpoint: null });
    const { reports } = (await manifestOf(opened))!;
    expect(reports).toMatchObject({ outcome: 'failed', step: 2, leftOut: [] });
    expect(Object.keys(reports!.files)).toEqual(['config.yaml', 'run.json', 'metrics.jsonl']);
    expect((await objectsOf(opened)).filter((name) => name.includes('token'))).toEqual([]);
    const bucket = await opened.store.objects(bucketOf(opened.name));
    expect(Buffer.from(await readObject(bucket, 'first/reports/run.json')).toString()).toBe('run.json');
    const warnings: string[] = [];
    const entry = await putReports(await RunObjects.open(opened.store, opened.name, 'first'), {
      ...{
        runId: 'first',
        out: opened.out,
        outcome: finished(2),
        maxBytes: 10,
        warn: (text: string) => warnings.push(text),
      },
    });
    expect([Object.keys(entry.files), entry.leftOut]).toEqual([['run.json'], ['config.yaml', 'metrics.jsonl']]);
    expect(warnings[1]).toContain('metrics.jsonl is not copied');
  });

  it('of a run that hands over has no reports; the next coordinator copies what was left', async () => {
    const opened = await open();
    await opened.archive.close(null);
    await saveCheckpoint(opened.out, sampleCheckpoint(4));
    const next = await open({ ...opened, origin: 'taken', savedStep: 4 });
    await expect.poll(async () => (await manifestOf(opened))?.checkpoint?.inStore).toBe(true);
    expect(await manifestOf(opened)).toMatchObject({ runId: 'first', checkpoint: { step: 4 }, reports: null });
    await next.archive.close(null);
  });

  it('of a new run does not mix with that of the one before: a name stands for the newest', async () => {
    const before = await open();
    await save(before, 50);
    await before.archive.close(finished(50));
    const opened = await open({ name: before.name, runId: 'second' });
    expect(await opened.archive.checkpoints().list()).toEqual([]);
    await save(opened, 1);
    await opened.archive.close(finished(1));
    expect(await opened.archive.checkpoints().list()).toEqual([1]);
    expect(await manifestOf(opened)).toMatchObject({ runId: 'second', folder: 'second', checkpoint: { step: 1 } });
    expect((await objectsOf(opened)).filter((name) => !name.startsWith('second/'))).toEqual([]);
  });

  it('of a run that came to nothing leaves the objects of the one before', async () => {
    const before = await open();
    await save(before, 50);
    await before.archive.close(finished(50));
    const opened = await open({ name: before.name, runId: 'second' });
    mkdirSync(opened.out, { recursive: true });
    writeFileSync(join(opened.out, 'config.yaml'), 'wrong');
    await opened.archive.close({ kind: 'stopped', step: 0, checkpoint: null });
    expect(await objectsOf(opened)).toContain('first/step-50/state.json');
  });

  it('of a run that goes on from an earlier one goes on as well, unless that was in another directory', async () => {
    const before = await open();
    await save(before, 5);
    await before.archive.close(finished(5));
    const { name, out } = before;
    const resumed = await open({ name, out, runId: 'second', origin: 'resumed', savedStep: 5 });
    const earlier = await fetchReports(before.store, name, scratch());
    expect(earlier).toMatchObject({ runId: 'first', continuedBy: 'second', outcome: 'finished', step: 5 });
    await save(resumed, 6);
    await resumed.archive.close(finished(6));
    expect(await resumed.archive.checkpoints().list()).toEqual([6, 5]);
    expect(await manifestOf(resumed)).toMatchObject({ runId: 'second', folder: 'first' });
    // A coordinator that takes over knows it by the run's id.
    expect(await (await open({ name, out, runId: 'second', origin: 'taken' })).archive.checkpoints().list()).toEqual([
      6, 5,
    ]);
    const elsewhere = await open({ name, runId: 'third', origin: 'resumed', savedStep: 5 });
    expect(await elsewhere.archive.checkpoints().list()).toEqual([]);
    await saveCheckpoint(elsewhere.out, { ...sampleCheckpoint(1), model: sampleTensors(9) });
    expect(await archivedCheckpoints(elsewhere.store, name, elsewhere.out)).toEqual([]);
  });

  it('is closed in time where the store does not answer', async () => {
    const opened = await open({ limitMs: 100 });
    await saveCheckpoint(opened.out, sampleCheckpoint(1));
    await opened.store.close();
    opened.archive.noteSaved(1);
    await opened.archive.close(finished(1));
    expect(opened.said.join('\n')).toMatch(/the store has been closed/);
  });

  it('is not needed: where it cannot be opened, that is said', async () => {
    const store = await under.open();
    await store.close();
    const said: string[] = [];
    const archive = await openArchive({
      ...{ shared: { store, name: 'any' }, runId: 'first', out: scratch(), origin: 'new', savedStep: null },
      ...{ limitMs: 100, checkpoint: { keep: 2, keepEverySteps: 0, keepBest: '', destination: '' } },
      log: createLogger({ name: 'test', write: (line) => said.push(line) }),
    });
    expect(archive).toBeNull();
    expect(said[0]).toContain('nothing of this run is copied to the store');
  });

  it('has a bucket for any name that a run may have', async () => {
    for (const name of ['a', 'v1.2/large', 'x'.repeat(128)]) {
      const opened = await open({ name });
      await save(opened, 1);
      await opened.archive.close(finished(1));
      expect(await opened.archive.checkpoints().list()).toEqual([1]);
    }
  });
});
