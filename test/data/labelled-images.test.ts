// Lists of labelled images: what is read, and what bad ones are called.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabelledImages } from '../../src/data/labelled-images.js';
import { temporaryDirectory, writeManifest } from './corpus.js';

function list(text: string, name = 'labels.csv'): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

describe('readLabelledImages', () => {
  it('reads CSV, with paths relative to the list', async () => {
    const path = list('image,label,split\r\na.png,normal,train\r\nb.png, pneumonia ,val\r\nc.png,normal,\r\n');
    const { rows, faults } = await readLabelledImages(path, 0);
    expect(faults).toEqual([]);
    expect(rows.map(({ line, imageName, label, split }) => [line, imageName, label, split])).toEqual([
      [2, 'a.png', 'normal', 'train'],
      [3, 'b.png', 'pneumonia', 'valid'],
      [4, 'c.png', 'normal', 'train'],
    ]);
    expect(rows[0].image).toBe(join(path, '..', 'a.png'));
  });

  it('reads JSON lines', async () => {
    const path = writeManifest(temporaryDirectory(), [{ image: 'a.png', label: 'normal', split: 'test', age: 4 }]);
    const { rows } = await readLabelledImages(path, 0);
    expect(rows).toMatchObject([{ line: 1, imageName: 'a.png', label: 'normal', split: 'test' }]);
  });

  it('collects faulty rows up to the share that is put up with', async () => {
    const path = writeManifest(temporaryDirectory(), [
      { image: 'a.png', label: 'normal' },
      { image: 'a.png', label: 'normal' },
      { image: 'b.png' },
      { image: 'c.png', label: 'normal', split: 'tests' },
      { image: 'https://x.org/d.png', label: 'normal' },
      { image: 'e.png', label: 5 },
    ]);
    const { rows, faults } = await readLabelledImages(path, 0.9);
    expect(rows).toHaveLength(1);
    expect(faults.map(({ line, field, problem }) => [line, field, problem])).toEqual([
      [2, 'image', 'is the image of line 1 again'],
      [3, 'label', 'is missing'],
      [4, 'split', 'is "tests", not train, valid or test'],
      [5, 'image', expect.stringContaining('is a URL')],
      [6, 'label', 'must be text'],
    ]);
    await expect(readLabelledImages(path, 0.8)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_ROWS',
      message: '5 of 6 rows of the manifest are faulty',
      where: expect.stringContaining(`${path}:2 image is the image of line 1 again`) as string,
      remedy: 'Repair these rows or remove them: at most 80 % may be faulty.',
    });
  });

  it('refuses a list that it cannot read', async () => {
    const missing = readLabelledImages(join(temporaryDirectory(), 'labels.csv'), 0);
    await expect(missing).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_MISSING',
      remedy: 'Give the path of a list with the columns image, label and split.',
    });
    await expect(readLabelledImages(list('image,label,split\n'), 0)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_EMPTY',
    });
    await expect(readLabelledImages(list('image,class\na.png,normal\n'), 0)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_FORMAT',
      message: 'the manifest has no column label',
    });
    await expect(readLabelledImages(list('x', 'labels.xlsx'), 0)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_FORMAT',
    });
  });
});
