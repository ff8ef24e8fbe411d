/** The synthetic corpus on disk: reproducible, whole or absent, never over something else. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { parseRow } from '../../src/data/manifest-row.js';
import { synthesize, type SynthOptions } from '../../src/data/synth/corpus.js';
import { temporaryDirectory } from './corpus.js';

const SIZE = 64;
const fresh = (): string => join(temporaryDirectory(), 'corpus');

const make = async (options: Partial<SynthOptions> = {}): Promise<string> => {
  const out = options.out ?? fresh();
  await synthesize({ pairs: 6, seed: 3, size: SIZE, ...options, out });
  return out;
};

const manifestOf = (out: string): string => readFileSync(join(out, 'manifest.jsonl'), 'utf8');
const linesOf = (out: string): string[] => manifestOf(out).trimEnd().split('\n');
const rowsOf = (out: string) => linesOf(out).map((line) => JSON.parse(line) as { image: string; split: string });
const bytesOf = (out: string, folder: string): string[] =>
  readdirSync(join(out, folder)).map((name) => name + readFileSync(join(out, folder, name)).toString('base64'));

test('the same seed gives the same bytes, another seed other ones', async () => {
  const [first, second, other] = [await make(), await make(), await make({ seed: 4 })];
  expect(manifestOf(second)).toBe(manifestOf(first));
  expect(bytesOf(second, 'images')).toEqual(bytesOf(first, 'images'));
  expect(bytesOf(second, 'masks')).toEqual(bytesOf(first, 'masks'));
  expect(bytesOf(other, 'images')).not.toEqual(bytesOf(first, 'images'));
});

test('a row does not depend on how many follow', async () => {
  const [few, many] = [await make({ pairs: 5 }), await make({ pairs: 9 })];
  expect(linesOf(many).slice(0, 5)).toEqual(linesOf(few));
  expect(bytesOf(many, 'images').slice(0, 5)).toEqual(bytesOf(few, 'images'));
});

test('every fourth row is held out until there are enough', async () => {
  const out = await make({ pairs: 14, validPairs: 2 });
  const valid = rowsOf(out).flatMap(({ split }, row) => (split === 'valid' ? [row] : []));
  expect(valid).toEqual([3, 7]);
});

test('the summary counts what the manifest holds', async () => {
  const out = fresh();
  const summary = await synthesize({ pairs: 9, seed: 1, size: SIZE, out });
  expect(summary).toEqual({ manifest: join(out, 'manifest.jsonl'), pairs: 9, train: 7, valid: 2, reused: false });
  expect(rowsOf(out).filter(({ split }) => split === 'valid')).toHaveLength(2);
});

test('each row is one that mlip reads, its pictures are grey and of one size', async () => {
  const out = await make({ pairs: 12 });
  for (const [i, line] of linesOf(out).entries()) {
    const row = parseRow(JSON.parse(line), i + 1, join(out, 'manifest.jsonl'));
    if (Array.isArray(row)) throw new Error(`row ${i} has faults: ${JSON.stringify(row)}`);
    const image = await sharp(row.image).metadata();
    expect(Math.max(image.width, image.height)).toBe(SIZE);
    expect(image.channels).toBe(1);
    expect(row.mask !== undefined).toBe(row.labels[0] !== 'normal');
    if (row.mask === undefined) continue;
    const mask = await sharp(row.mask).metadata();
    expect([mask.width, mask.height]).toEqual([image.width, image.height]);
  }
});

test('progress is told row by row', async () => {
  const told: [number, number][] = [];
  await make({ pairs: 3, onProgress: (done, total) => told.push([done, total]) });
  expect(told).toEqual([[1, 3], [2, 3], [3, 3]]); // prettier-ignore
});

test('an interrupted corpus has no manifest, and the next run makes it whole', async () => {
  const out = fresh();
  const stop = new AbortController();
  const onProgress = (done: number): void => {
    if (done === 3) stop.abort(new Error('stopped by the test'));
  };
  await expect(make({ out, onProgress, signal: stop.signal })).rejects.toThrow('stopped by the test');
  expect(readdirSync(join(out, 'images')).length).toBeGreaterThan(0);
  expect(existsSync(join(out, 'manifest.jsonl'))).toBe(false);

  await make({ out });
  const whole = await make();
  expect(manifestOf(out)).toBe(manifestOf(whole));
  expect(bytesOf(out, 'images')).toEqual(bytesOf(whole, 'images'));
});

test('a corpus that is there already is used as it is', async () => {
  const out = await make();
  const before = statSync(join(out, 'images', '000000.png')).mtimeMs;
  const summary = await synthesize({ pairs: 6, seed: 3, size: SIZE, out });
  expect(summary.reused).toBe(true);
  expect(statSync(join(out, 'images', '000000.png')).mtimeMs).toBe(before);
});

test.each([
  ['another seed', { seed: 9 }],
  ['more pairs', { pairs: 7 }],
  ['another size', { size: 80 }],
])('a corpus of %s is not overwritten', async (_, change) => {
  const out = await make();
  const before = manifestOf(out);
  await expect(make({ out, ...change })).rejects.toMatchObject({ code: 'MLIP_E_DATA_SYNTH_OUT', where: out });
  expect(manifestOf(out)).toBe(before);
});

test('the hard corpus has studies of two films with one report, in the training split', async () => {
  const out = await make({ pairs: 24, hard: true });
  const rows = linesOf(out).map((line) => JSON.parse(line) as Record<'study' | 'report' | 'split' | 'image', string>);
  for (const [at, row] of rows.entries()) {
    const same = rows.filter(({ study }) => study === row.study);
    expect(same, `row ${at}`).toHaveLength(at % 8 < 2 ? 2 : 1);
    expect(new Set(same.map(({ report }) => report)).size).toBe(1);
    expect(same.length === 2 && row.split === 'valid').toBe(false);
  }
  const [first, second] = bytesOf(out, 'images').map((image) => image.slice('000000.png'.length));
  expect(second).not.toBe(first);
});

test('a hard corpus and one that is not do not share a directory', async () => {
  const out = await make();
  await expect(make({ out, hard: true })).rejects.toMatchObject({ code: 'MLIP_E_DATA_SYNTH_OUT' });
});

test('a directory with other files is refused and left alone', async () => {
  const out = temporaryDirectory();
  mkdirSync(join(out, 'images'));
  writeFileSync(join(out, 'images', 'holiday.png'), 'mine');
  await expect(make({ out })).rejects.toMatchObject({ code: 'MLIP_E_DATA_SYNTH_OUT' });
  expect(readFileSync(join(out, 'images', 'holiday.png'), 'utf8')).toBe('mine');
});

test('a path that cannot be a directory is named', async () => {
  const out = join(temporaryDirectory(), 'file');
  writeFileSync(out, '');
  await expect(make({ out })).rejects.toMatchObject({ code: 'MLIP_E_DATA_STORAGE', where: out });
});

test.each([{ pairs: 0 }, { pairs: 2.5 }, { seed: -1 }, { size: 8 }, { validPairs: -1 }, { pairs: NaN }])(
  'numbers out of range are refused: %o',
  async (options) => {
    const out = fresh();
    await expect(make({ ...options, out })).rejects.toMatchObject({ code: 'MLIP_E_USAGE' });
    expect(existsSync(out)).toBe(false);
  },
);
