/** From a manifest to pairs, splits and a tokenizer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/dataset.js';
import { readManifest } from '../../src/data/manifest.js';
import { evaluationPairs, splitPairs } from '../../src/data/pairs.js';
import { DATA, fixture, recordingLog, reportOf, temporaryDirectory, writeManifest } from './corpus.js';

const row = (image: string, split?: string, report = reportOf(1)) => ({ image, report, split });

async function setsOf(...rows: object[]) {
  return splitPairs(await readManifest(writeManifest(temporaryDirectory(), rows)));
}

describe('splitPairs', () => {
  it('sorts rows by split, takes rows without one for training, and leaves out short reports', async () => {
    const sets = await setsOf(
      row('a'),
      row('b', 'val'),
      row('c', 'train'),
      row('d', 'test'),
      row('e', 'train', 'Normal.'),
    );
    const names = (['train', 'valid', 'test', 'dropped'] as const).map((set) => sets[set].map((row) => row.imageName));
    expect(names).toEqual([['a', 'c'], ['b'], ['d'], ['e']]);
    expect(sets.train[0].text).toBe('opacity 1 the heart is normal in size case 1 shows opacity');
  });

  it('evaluates on valid rows, else on test rows, else on training rows, and says which', async () => {
    const all = await setsOf(row('a'), row('b', 'test'), row('c', 'valid'), row('d', 'valid'));
    const one = evaluationPairs(all, 1);
    expect([one.source, one.pairs.map(({ imageName }) => imageName)]).toEqual(['valid', ['c']]);
    expect(evaluationPairs(await setsOf(row('a'), row('b', 'test')), 9)).toMatchObject({
      source: 'test',
      pairs: [{ imageName: 'b' }],
    });
    expect(evaluationPairs(await setsOf(row('a')), 9)).toMatchObject({ source: 'train', pairs: [{ imageName: 'a' }] });
  });
});

describe('loadDataset', () => {
  const rows = Array.from({ length: 12 }, (_, i) => row(`${i}.png`, undefined, reportOf(i)));

  async function load(manifest: string, data: Partial<typeof DATA> = {}, known?: string[]) {
    const log = recordingLog();
    return { log, ...(await loadDataset({ data: { ...DATA, manifest, ...data } }, log, known)) };
  }

  it('builds the vocabulary from the training reports, the same every time', async () => {
    const path = writeManifest(temporaryDirectory(), rows);
    const first = await load(path);
    const again = await load(path);
    expect(first.vocabulary).toContain('opacity');
    expect(again.vocabulary).toEqual(first.vocabulary);
    expect(again.hash).toBe(first.hash);
    expect(first.tokenizer.maxPieces).toBe(DATA.maxPieces);
  });

  it('takes a vocabulary file, or the one of a checkpoint before it', async () => {
    const path = writeManifest(temporaryDirectory(), rows);
    const { vocabulary, tokenizer } = await load(path, { vocabulary: fixture('vocab.txt') });
    expect(vocabulary).toHaveLength(53);
    expect(tokenizer.vocabularySize).toBe(53);
    const known = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'known'];
    expect((await load(path, { vocabulary: fixture('vocab.txt') }, known)).vocabulary).toBe(known);
  });

  it('has another hash for another manifest or another vocabulary', async () => {
    const directory = temporaryDirectory();
    const hashes = [
      await load(writeManifest(directory, rows, 'a.jsonl')),
      await load(writeManifest(directory, rows.slice(1), 'b.jsonl')),
      await load(join(directory, 'a.jsonl'), { vocabularySize: 60 }),
    ].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(3);
  });

  it('logs what it leaves out, and refuses too much of it', async () => {
    const path = writeManifest(temporaryDirectory(), [...rows, { image: 'x' }, row('y', 'train', 'Normal.')]);
    const { train, log } = await load(path);
    expect(train).toHaveLength(12);
    expect(log.lines.map(({ level, fields }) => [level, fields['rows'], fields['first']])).toEqual([
      ['warn', 1, `${path}:13 report is missing`],
      ['info', 1, `${path}:14`],
    ]);
    await expect(load(path, { maxBadShare: 0.01 })).rejects.toMatchObject({ code: 'MLIP_E_DATA_ROWS' });
  });

  it('passes on what is wrong with a vocabulary file', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'vocab.txt'), 'one\n');
    const loading = load(writeManifest(directory, rows), { vocabulary: join(directory, 'vocab.txt') });
    await expect(loading).rejects.toMatchObject({ code: 'MLIP_E_DATA_VOCABULARY' });
  });
});
