// Which checkpoint a run goes on from, when some of them are damaged.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { copyCheckpoint } from '../../src/checkpoint/copy.js';
import { DirectoryStore } from '../../src/checkpoint/directory-store.js';
import { newestWhole, type WholeCheckpoint } from '../../src/checkpoint/newest-whole.js';
import type { CheckpointStore } from '../../src/checkpoint/store.js';
import { sampleCheckpoint, versionOneState } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();
const pathOf = (step: number, ...rest: string[]): string => join(out(), 'checkpoints', `step-${step}`, ...rest);
const FILES = ['state.json', 'model.safetensors', 'optimizer.safetensors', 'config.json', 'vocab.txt'];

async function save(...steps: number[]): Promise<void> {
  for (const step of steps) await saveCheckpoint(out(), sampleCheckpoint(step));
}

/** What is found, and what is said about it. */
async function search(
  ...elsewhere: CheckpointStore[]
): Promise<{ found?: WholeCheckpoint | undefined; said: string[] }> {
  const said: string[] = [];
  const found = await newestWhole(out(), { elsewhere, warn: (message) => said.push(message) });
  return { found, said };
}

function flipByte(path: string, at = 0): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}

describe('the newest whole checkpoint', () => {
  it('is the newest one where nothing is damaged, and nothing is said', async () => {
    await save(1, 2, 10);
    const { found, said } = await search();
    expect(found).toMatchObject({ step: 10, path: pathOf(10) });
    expect(said).toEqual([]);
  });

  it('is none where there is none', async () => {
    expect((await search()).found).toBeUndefined();
  });

  it.each(FILES)('is the one before where %s of the newest is damaged, and that is said', async (name) => {
    await save(1, 2);
    flipByte(pathOf(2, name), 5);
    const { found, said } = await search();
    expect(found).toMatchObject({ step: 1, path: pathOf(1) });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(pathOf(2, name));
    expect(said[0]).toContain(`goes on from ${pathOf(1)}`);
  });

  it.each(FILES)('is the one before where %s of the newest is not there, or cut', async (name) => {
    await save(1, 2, 3);
    rmSync(pathOf(3, name));
    truncateSync(pathOf(2, name), 3);
    const { found, said } = await search();
    expect(found?.step).toBe(1);
    expect(said[0]).toContain(pathOf(3));
    expect(said[0]).toContain(pathOf(2, name));
  });

  it('is no directory that has the files of another step', async () => {
    await save(1, 2);
    mkdirSync(pathOf(7));
    for (const name of readdirSync(pathOf(2))) copyFileSync(pathOf(2, name), pathOf(7, name));
    const { found, said } = await search();
    expect(found?.step).toBe(2);
    expect(said[0]).toContain('its state.json is of step 2');
  });

  it('does not exist where all are damaged: the error names each', async () => {
    await save(1, 2);
    flipByte(pathOf(1, 'vocab.txt'));
    flipByte(pathOf(2, 'model.safetensors'));
    await expect(search()).rejects.toMatchObject({
      code: 'MLIP_E_CHECKPOINT_CORRUPT',
      message: expect.stringMatching(/model\.safetensors[^]*vocab\.txt/) as string,
      where: out(),
    });
  });
});

describe('with another store', () => {
  const other = temporaryDirectory();
  const elsewhere = async (...steps: number[]): Promise<DirectoryStore> => {
    for (const step of steps) await saveCheckpoint(other(), sampleCheckpoint(step));
    return new DirectoryStore(other());
  };

  it('what the directory lacks is copied into it', async () => {
    const { found, said } = await search(await elsewhere(4, 5));
    expect(found).toMatchObject({ step: 5, path: pathOf(5) });
    expect(await loadCheckpoint(pathOf(5))).toEqual(sampleCheckpoint(5));
    expect(readdirSync(join(out(), 'checkpoints'))).toEqual(['step-5']);
    expect(said).toEqual([]);
  });

  it('a damaged one is replaced by the same one from there, before an older one is taken', async () => {
    const store = await elsewhere(2);
    await save(1, 2);
    flipByte(pathOf(2, 'model.safetensors'));
    const { found, said } = await search(store);
    expect(found).toMatchObject({ step: 2, path: pathOf(2) });
    expect(await loadCheckpoint(pathOf(2))).toEqual(sampleCheckpoint(2));
    expect(said[0]).toContain(pathOf(2, 'model.safetensors'));
  });

  it('the directory’s own is taken where both have it', async () => {
    const store = await elsewhere(2);
    await save(2);
    flipByte(join(other(), 'checkpoints', 'step-2', 'model.safetensors'));
    expect(await search(store)).toMatchObject({ found: { step: 2 }, said: [] });
  });

  it('damage there is passed over too, and leaves nothing behind', async () => {
    const store = await elsewhere(3);
    flipByte(join(other(), 'checkpoints', 'step-3', 'optimizer.safetensors'));
    await save(1);
    const { found, said } = await search(store);
    expect(found?.step).toBe(1);
    expect(said[0]).toContain(join(other(), 'checkpoints', 'step-3', 'optimizer.safetensors'));
    expect(readdirSync(join(out(), 'checkpoints'))).toEqual(['step-1']);
  });

  it('of several the newest is taken; of the same step that of the first, then that of the next', async () => {
    const [first, second] = [await elsewhere(2, 3), new DirectoryStore(join(other(), 'second'))];
    for (const step of [3, 4]) await saveCheckpoint(join(other(), 'second'), sampleCheckpoint(step));
    await save(1);
    expect((await search(first, second)).found?.step).toBe(4);
    rmSync(pathOf(4), { recursive: true });
    flipByte(join(other(), 'second', 'checkpoints', 'step-4', 'vocab.txt'));
    flipByte(join(other(), 'checkpoints', 'step-3', 'vocab.txt'));
    const { found, said } = await search(first, second);
    expect(found).toMatchObject({ step: 3, path: pathOf(3) });
    expect(said).toHaveLength(1);
    expect(said[0].indexOf('second/checkpoints/step-4')).toBeLessThan(
      said[0].indexOf(join(other(), 'checkpoints', 'step-3')),
    );
  });

  it('one that does not answer is not needed', async () => {
    await save(1);
    const broken = Object.assign(Object.create(DirectoryStore.prototype) as DirectoryStore, {
      where: 's3://gone',
      list: () => Promise.reject(new Error('no answer')),
    });
    const { found, said } = await search(broken);
    expect(found?.step).toBe(1);
    expect(said).toEqual(['no checkpoints are looked for in s3://gone: no answer']);
  });
});

describe('a copy', () => {
  const other = temporaryDirectory();

  it('has the same bytes, state.json included', async () => {
    await save(6);
    await copyCheckpoint(new DirectoryStore(out()), new DirectoryStore(other()), 6);
    for (const name of FILES) {
      const copied = readFileSync(join(other(), 'checkpoints', 'step-6', name));
      expect(copied).toEqual(readFileSync(pathOf(6, name)));
    }
  });

  it('of a checkpoint that was written by the version before keeps its hash', async () => {
    await save(6);
    writeFileSync(pathOf(6, 'state.json'), versionOneState(readFileSync(pathOf(6, 'state.json'), 'utf8')));
    await copyCheckpoint(new DirectoryStore(out()), new DirectoryStore(other()), 6);
    expect(await loadCheckpoint(join(other(), 'checkpoints', 'step-6'))).toEqual(sampleCheckpoint(6));
  });

  it('of a damaged one is refused, with the file', async () => {
    await save(6);
    flipByte(pathOf(6, 'vocab.txt'));
    const copying = copyCheckpoint(new DirectoryStore(out()), new DirectoryStore(other()), 6);
    await expect(copying).rejects.toMatchObject({
      code: 'MLIP_E_CHECKPOINT_CORRUPT',
      where: pathOf(6, 'vocab.txt'),
    });
    expect(readdirSync(join(other(), 'checkpoints'))).toEqual([]);
  });
});
