/** A manifest that is written is read again as the same rows. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readManifest } from '../../src/data/manifest.js';
import { writeManifest } from '../../src/data/write-manifest.js';
import { temporaryDirectory, writeManifest as writeRows } from './corpus.js';

const link = { start: 3, end: 11, concept: 'effusion', negated: true, uncertain: false };
const full = {
  ...{ image: 'images/a.png', report: 'No effusion.', study: '7', view: 'PA', split: 'valid', labels: ['normal'] },
  ...{ links: [link], boxes: [{ x: 1, y: 2, width: 3, height: 4 }], mask: 'masks/a.png' },
};

it('keeps every field, and finds images from another directory', async () => {
  const directory = temporaryDirectory();
  const { rows } = await readManifest(writeRows(directory, [full, { image: 'b.png', report: 'Clear.' }]));
  mkdirSync(join(directory, 'deep'));
  const path = join(directory, 'deep', 'linked.jsonl');
  await writeManifest(path, rows);
  const again = await readManifest(path);
  expect(again.faults).toEqual([]);
  const withoutName = (list: typeof rows) => list.map(({ imageName: _, ...row }) => row);
  expect(withoutName(again.rows)).toEqual(withoutName(rows));
  expect(again.rows[0].imageName).toBe('../images/a.png');
});

it('replaces a file only when the new one is whole', async () => {
  const directory = temporaryDirectory();
  const path = writeRows(directory, [full]);
  const { rows } = await readManifest(path);
  const before = readFileSync(path, 'utf8');
  const broken = {
    ...rows[0],
    get report(): string {
      throw new Error('out of memory');
    },
  };
  await expect(writeManifest(path, [rows[0], broken])).rejects.toMatchObject({ code: 'MLIP_E_OUT_WRITE' });
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(readdirSync(directory)).toEqual(['pairs.jsonl']);
});

it('says so where it cannot write', async () => {
  const directory = temporaryDirectory();
  const { rows } = await readManifest(writeRows(directory, [full]));
  writeFileSync(join(directory, 'file'), '');
  await expect(writeManifest(join(directory, 'file', 'x.jsonl'), rows)).rejects.toMatchObject({
    code: 'MLIP_E_OUT_WRITE',
    where: join(directory, 'file', 'x.jsonl'),
  });
});
