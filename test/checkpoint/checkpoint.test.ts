import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  latestCheckpoint,
  loadCheckpoint,
  readState,
  resolveCheckpoint,
  saveCheckpoint,
} from '../../src/checkpoint/checkpoint.js';
import { KEEP_ALL, type RetentionPolicy } from '../../src/checkpoint/retention.js';
import { matchLayout } from '../../src/checkpoint/layout-match.js';
import { sampleCheckpoint, sampleTensors } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();
const newest = (keep: number): RetentionPolicy => ({ ...KEEP_ALL, keep });
const stored = (): string[] => readdirSync(join(out(), 'checkpoints')).sort();

describe('a checkpoint', () => {
  it('comes back as it was saved', async () => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(12));
    expect(path).toBe(join(out(), 'checkpoints', 'step-12'));
    expect(readdirSync(path).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
      'vocab.txt',
    ]);
    expect(await loadCheckpoint(path)).toEqual(sampleCheckpoint(12));
    expect(await readState(path)).toMatchObject(sampleCheckpoint(12).state);
  });

  it('of the same contents has the same bytes', async () => {
    const [first, second] = [join(out(), 'a'), join(out(), 'b')];
    const [one, other] = await Promise.all([first, second].map((run) => saveCheckpoint(run, sampleCheckpoint(3))));
    expect(one.digest).toBe(other.digest);
    for (const name of readdirSync(one.path)) {
      expect(readFileSync(join(one.path, name))).toEqual(readFileSync(join(other.path, name)));
    }
  });

  it('can be read without its optimiser, which then need not be intact', async () => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    writeFileSync(join(path, 'optimizer.safetensors'), 'x');
    const { model, optimizer } = await loadCheckpoint(path, { optimizer: false });
    expect(model).toEqual(sampleTensors(1));
    expect(optimizer.size).toBe(0);
  });

  it('of a step that was saved before takes its place', async () => {
    await saveCheckpoint(out(), sampleCheckpoint(5));
    const { path } = await saveCheckpoint(out(), { ...sampleCheckpoint(5), model: sampleTensors(99) });
    expect(stored()).toEqual(['step-5']);
    expect((await loadCheckpoint(path)).model).toEqual(sampleTensors(99));
  });

  it('refuses file names that lead elsewhere or are taken', async () => {
    for (const name of ['../x', 'a/b', '.hidden', 'state.json', 'model.safetensors', '']) {
      const checkpoint = { ...sampleCheckpoint(1), files: { [name]: 'x' } };
      await expect(saveCheckpoint(out(), checkpoint)).rejects.toMatchObject({ code: 'MLIP_E_INTERNAL' });
    }
    expect(stored()).toEqual([]);
  });

  it('that cannot be written is an error with the directory, and leaves the one before', async () => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    const wrong = { ...sampleCheckpoint(1), model: new Map([['a', { shape: [2], data: new Float32Array(1) }]]) };
    await expect(saveCheckpoint(out(), wrong)).rejects.toThrow('tensor a [2] has 1 elements');
    expect(await loadCheckpoint(path)).toEqual(sampleCheckpoint(1));
    writeFileSync(join(out(), 'file'), '');
    await expect(saveCheckpoint(join(out(), 'file'), sampleCheckpoint(1))).rejects.toMatchObject({
      code: 'MLIP_E_OUT_WRITE',
      where: join(out(), 'file'),
    });
  });
});

describe('an output directory', () => {
  it('keeps the newest checkpoints, by number and not by name', async () => {
    for (const step of [8, 9, 10, 11]) await saveCheckpoint(out(), sampleCheckpoint(step), { policy: newest(2) });
    expect(stored()).toEqual(['step-10', 'step-11']);
    expect(await latestCheckpoint(out())).toBe(join(out(), 'checkpoints', 'step-11'));
  });

  it('keeps what was just saved even if later steps are there', async () => {
    for (const step of [20, 30]) await saveCheckpoint(out(), sampleCheckpoint(step));
    await saveCheckpoint(out(), sampleCheckpoint(10), { policy: newest(1) });
    expect(stored()).toEqual(['step-10', 'step-30']);
  });

  it('that has no checkpoints has no newest one', async () => {
    expect(await latestCheckpoint(out())).toBeUndefined();
    mkdirSync(join(out(), 'checkpoints'));
    expect(await latestCheckpoint(out())).toBeUndefined();
  });

  it('is cleared of what crashes left, which never counts as a checkpoint', async () => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    for (const name of ['.draft-step-2-00c0ffee', '.removed-step-0-00c0ffee']) {
      mkdirSync(join(out(), 'checkpoints', name));
      writeFileSync(join(out(), 'checkpoints', name, 'model.safetensors'), 'half');
    }
    expect(await latestCheckpoint(out())).toBe(path);
    await saveCheckpoint(out(), sampleCheckpoint(3));
    expect(stored()).toEqual(['step-1', 'step-3']);
  });

  it('does not lose a checkpoint to a crash in the moment in which it is replaced', async () => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(4));
    const replaced = join(out(), 'checkpoints', '.replaced-step-4');
    renameSync(path, replaced);
    expect(await latestCheckpoint(out())).toBe(replaced);
    expect(await loadCheckpoint(replaced)).toEqual(sampleCheckpoint(4));
    await saveCheckpoint(out(), sampleCheckpoint(5));
    expect(stored()).toEqual(['step-4', 'step-5']);
    expect(await loadCheckpoint(path)).toEqual(sampleCheckpoint(4));
  });

  it('stands for its newest checkpoint where one is asked for', async () => {
    for (const step of [1, 2]) await saveCheckpoint(out(), sampleCheckpoint(step));
    const [first, second] = [1, 2].map((step) => join(out(), 'checkpoints', `step-${step}`));
    expect(await resolveCheckpoint(out())).toBe(second);
    expect(await resolveCheckpoint(first)).toBe(first);
    for (const nowhere of [join(out(), 'none'), join(out(), 'checkpoints')]) {
      const missing = { code: 'MLIP_E_CHECKPOINT_MISSING', where: nowhere };
      await expect(resolveCheckpoint(nowhere)).rejects.toMatchObject(missing);
      await expect(loadCheckpoint(nowhere)).rejects.toMatchObject(missing);
    }
  });
});

describe('a damaged checkpoint', () => {
  const NAMES = Object.keys({ ...sampleCheckpoint(1).files, 'model.safetensors': 0, 'optimizer.safetensors': 0 });

  it.each([...NAMES, 'state.json'])('is refused wherever %s ends too early', async (name) => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    const file = join(path, name);
    const whole = readFileSync(file);
    const lengths = Array.from(whole.keys()).filter((length) => length % 7 === 0 || length > whole.length - 3);
    for (const length of lengths) {
      // Without its final line break state.json still says everything.
      if (name === 'state.json' && length === whole.length - 1) continue;
      writeFileSync(file, whole.subarray(0, length));
      await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'MLIP_E_CHECKPOINT_CORRUPT', where: file });
    }
  });

  it.each(NAMES)('is refused with any byte of %s changed', async (name) => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    const file = join(path, name);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 5) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x10;
      writeFileSync(file, changed);
      await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'MLIP_E_CHECKPOINT_CORRUPT', where: file });
    }
  });

  it('is refused without one of its files', async () => {
    for (const name of NAMES) {
      const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
      rmSync(join(path, name));
      await expect(loadCheckpoint(path)).rejects.toMatchObject({
        code: 'MLIP_E_CHECKPOINT_CORRUPT',
        where: join(path, name),
      });
    }
  });

  it.each([
    ['a changed number', (text: string) => text.replace('"seed": 7', '"seed": 8'), 'hash does not match'],
    ['a missing field', (text: string) => text.replace('"runId"', '"runID"'), 'runId'],
    ['a path that leads elsewhere', (text: string) => text.replace('"vocab.txt"', '"../vocab.txt"'), 'vocab.txt'],
    ['a newer format', (text: string) => text.replace('"version": 2', '"version": 3'), 'a newer version of mlip'],
    ['a list', () => '[]', 'format'],
    ['null', () => 'null', 'format'],
  ])('with %s in state.json is refused', async (_, change, message) => {
    const { path } = await saveCheckpoint(out(), sampleCheckpoint(1));
    const file = join(path, 'state.json');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'MLIP_E_CHECKPOINT_CORRUPT',
      where: file,
      message: expect.stringContaining(message) as string,
    });
  });

  it('says from which other one to go on', async () => {
    const { path: first } = await saveCheckpoint(out(), sampleCheckpoint(1));
    const { path: second } = await saveCheckpoint(out(), sampleCheckpoint(2));
    writeFileSync(join(second, 'model.safetensors'), '');
    await expect(loadCheckpoint(second)).rejects.toMatchObject({
      remedy: `Delete ${second}, then go on from ${first}.`,
    });
    rmSync(first, { recursive: true });
    await expect(loadCheckpoint(second)).rejects.toMatchObject({
      remedy: `Delete ${second}, then start again, since there is no other.`,
    });
    expect(existsSync(second)).toBe(true);
  });
});

describe('matching a layout', () => {
  const layout = [
    { name: 'text.bias', shape: [4] },
    { name: 'vision.weight', shape: [3, 5] },
  ];

  it('gives the tensors in the order of the layout', () => {
    expect([...matchLayout(sampleTensors(1), layout, 'here').keys()]).toEqual(['text.bias', 'vision.weight']);
  });

  it('lists what is missing, unexpected and of another shape', () => {
    const other = [
      { name: 'vision.weight', shape: [5, 3] },
      ...Array.from({ length: 7 }, (_, i) => ({ name: `blocks.${i}`, shape: [1] })),
    ];
    expect(() => matchLayout(sampleTensors(1), other, 'step-1')).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_CHECKPOINT_MISMATCH',
        where: 'step-1',
        message:
          'the checkpoint is of another architecture; ' +
          'missing: blocks.0, blocks.1, blocks.2, blocks.3, blocks.4 and 2 more; ' +
          'unexpected: text.bias; of another shape: vision.weight (3 x 5, not 5 x 3)',
      }),
    );
  });
});
