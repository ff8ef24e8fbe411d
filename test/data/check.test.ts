/** `mlip data check`: every faulty row is listed, images and reports included. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkManifest } from '../../src/data/check.js';
import { summarise } from '../../src/data/summary.js';
import { DATA, imageName, reportOf, temporaryDirectory, writeCorpus, writeManifest } from './corpus.js';

describe('checkManifest', () => {
  it('finds nothing wrong with a sound corpus and describes it', async () => {
    const path = await writeCorpus(10, (row) => ({
      split: row < 7 ? 'train' : row < 9 ? 'valid' : 'test',
      labels: row % 2 ? ['edema', 'nodule'] : ['nodule'],
      study: `s${row % 3}`,
      view: 'PA',
    }));
    const steps: number[] = [];
    const report = await checkManifest(path, { data: DATA, onProgress: (done, total) => steps.push(done / total) });
    expect(report).toMatchObject({
      path,
      rows: 10,
      usable: 10,
      faults: [],
      warnings: [],
      splits: { train: 7, valid: 2, test: 1 },
      labels: { nodule: 10, edema: 5 },
      views: { PA: 10 },
      studies: 3,
      repeatedReports: 0,
      reportWords: { min: 12, median: 12, max: 12, mean: 12 },
      imageWidth: { min: 40, max: 40 },
    });
    expect(steps).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) / 10));
  });

  it('lists faults of rows, images and reports together, by line', async () => {
    const path = await writeCorpus(4);
    const directory = dirname(path);
    writeFileSync(join(directory, imageName(1)), 'damaged');
    await sharp(new Uint8Array(1600), { raw: { width: 40, height: 40, channels: 1 } })
      .png()
      .toFile(join(directory, imageName(2)));
    const good = (row: number, report = reportOf(row)) => ({ image: imageName(row), report });
    writeManifest(directory, [
      good(0),
      '{',
      good(1),
      good(2),
      good(3, 'Normal.'),
      good(0),
      { image: 'gone.png', report: 'A b c.' },
    ]);

    const report = await checkManifest(path, { data: DATA });

    expect(report.faults.map(({ line, field }) => [line, field])).toEqual([
      [2, undefined],
      [3, 'image'],
      [6, 'image'],
      [7, 'image'],
    ]);
    expect(report.faults[1].problem).toContain('is not an image that can be read');
    expect(report.warnings).toEqual([
      { line: 4, field: 'image', problem: 'is almost black' },
      { line: 5, field: 'report', problem: 'has fewer than three words once cleaned: the row is left out' },
    ]);
    expect([report.rows, report.usable]).toEqual([7, 2]);
  });

  it('points out 16-bit images that hold fewer bits', async () => {
    const directory = temporaryDirectory();
    const values = Uint16Array.from({ length: 1600 }, (_, i) => (i * 2) % 4096);
    const image = sharp(values, { raw: { width: 40, height: 40, channels: 1 } })
      .toColourspace('grey16')
      .png();
    await image.toFile(join(directory, 'a.png'));
    const { warnings } = await checkManifest(writeManifest(directory, [{ image: 'a.png', report: 'A b c.' }]), {
      data: DATA,
    });
    expect(warnings[0].problem).toContain('12-bit');
  });

  it('passes on that the manifest itself cannot be read', async () => {
    await expect(checkManifest('nowhere.jsonl', { data: DATA })).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_MISSING',
    });
  });
});

describe('summarise', () => {
  it('gives values that occur, and the mean', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(summarise(values)).toEqual({ min: 1, median: 50, p95: 95, max: 100, mean: 50.5 });
    expect(summarise([7])).toEqual({ min: 7, median: 7, p95: 7, max: 7, mean: 7 });
    expect(summarise([])).toEqual({ min: 0, median: 0, p95: 0, max: 0, mean: 0 });
  });
});
