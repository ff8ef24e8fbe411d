/** Building, writing and reading a WordPiece vocabulary. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildManifestVocabulary } from '../../src/data/build-vocabulary.js';
import { createTokenizer } from '../../src/data/tokenizer.js';
import { buildVocabulary } from '../../src/data/vocabulary-trainer.js';
import { readVocabulary, writeVocabulary } from '../../src/data/vocabulary.js';
import { reportOf, temporaryDirectory, writeManifest } from './corpus.js';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

describe('buildVocabulary', () => {
  it('merges the most frequent pair first, step by step', () => {
    // hug x 10, pug x 5, pun x 12, bun x 4, hugs x 5: the worked example of the byte-pair encoding literature.
    const corpus = ['hug '.repeat(10), 'pug '.repeat(5), 'pun '.repeat(12), 'bun '.repeat(4), 'hugs '.repeat(5)];
    const characters = ['##u', '##g', 'p', '##n', 'h', '##s', 'b'];
    const merges = ['##ug', '##un', 'hug', 'pun', 'hugs', 'pug', 'bun'];
    expect(buildVocabulary(corpus, 100)).toEqual([...SPECIAL, ...characters, ...merges]);
    expect(buildVocabulary(corpus, 15)).toEqual([...SPECIAL, ...characters, ...merges.slice(0, 3)]);
  });

  it('does not depend on the order of the corpus', () => {
    const texts = Array.from(
      { length: 40 },
      (_, i) => `opacity ${i % 7} effusion of the ${i % 2 ? 'left' : 'right'} base`,
    );
    expect(buildVocabulary([...texts].reverse(), 90)).toEqual(buildVocabulary(texts, 90));
  });

  it('counts as a plain search over all pairs does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        expect(buildVocabulary([words.join(' ')], 40)).toEqual(plainVocabulary(words, 40));
      }),
    );
  });

  it('covers the corpus: no word of it is unknown', () => {
    const texts = Array.from({ length: 20 }, (_, i) => `no acute process 2.5 cm nodule ${i}`);
    const tokenizer = createTokenizer(buildVocabulary(texts, 60), 64);
    for (const text of texts) expect([...tokenizer.tokenize(text).ids]).not.toContain(1);
  });

  it('refuses a corpus without words and a size below its characters', () => {
    expect(() => buildVocabulary([' '], 100)).toThrow(expect.objectContaining({ code: 'MLIP_E_DATA_VOCABULARY' }));
    expect(() => buildVocabulary(['abc'], 7)).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_DATA_VOCABULARY',
        remedy: expect.stringContaining('at least 8') as string,
      }),
    );
  });

  it('is built from the training reports of a manifest', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ image: `${i}.png`, report: reportOf(i) }));
    const held = { image: 'x.png', report: 'Zebra zebra zebra zebra.', split: 'test' };
    const path = writeManifest(temporaryDirectory(), [...rows, held]);
    const { pieces, reports } = await buildManifestVocabulary(path, 200);
    expect(reports).toBe(12);
    expect(pieces).toContain('opacity');
    expect(pieces).not.toContain('zebra');
  });
});

/** The same definition without any book-keeping: count all pairs anew for every merge. */
function plainVocabulary(words: readonly string[], size: number): string[] {
  const split = words.map((word) => [...word].map((c, i) => (i === 0 ? c : `##${c}`)));
  const count = (items: string[]): [string, number][] => {
    const counts = new Map<string, number>();
    for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
    return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  };
  const pieces = new Set([...SPECIAL, ...count(split.flat()).map(([piece]) => piece)]);
  while (pieces.size < size) {
    const [best] = count(split.flatMap((word) => word.slice(1).map((piece, i) => `${word[i]} ${piece}`)));
    if (best === undefined || best[1] < 2) break;
    const [left, right] = best[0].split(' ');
    for (const word of split) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right.slice(2));
      }
    }
    pieces.add(left + right.slice(2));
  }
  return [...pieces];
}

describe('vocabulary files', () => {
  it('come back as they were written', async () => {
    const path = join(temporaryDirectory(), 'vocab.txt');
    const pieces = buildVocabulary(['no acute process'], 50);
    await writeVocabulary(path, pieces);
    expect(await readVocabulary(path)).toEqual(pieces);
  });

  it('may be as large as a real one, with its special pieces where BERT has them', async () => {
    const pieces = [
      '[PAD]',
      ...Array.from({ length: 99 }, (_, i) => `[unused${i + 1}]`),
      '[UNK]',
      '[CLS]',
      '[SEP]',
      '[MASK]',
    ];
    while (pieces.length < 28_996) pieces.push(`word${pieces.length}`);
    const path = join(temporaryDirectory(), 'vocab.txt');
    writeFileSync(path, pieces.join('\r\n'));
    const tokenizer = createTokenizer(await readVocabulary(path), 6);
    expect(tokenizer.vocabularySize).toBe(28_996);
    expect([...tokenizer.tokenize('word28995 unheard').ids]).toEqual([101, 28_995, 100, 102, 0, 0]);
  });

  it.each([
    ['is missing', undefined, 'cannot be read'],
    ['lacks special pieces', 'a\nb\n', 'lacks [PAD]'],
    ['lists a piece twice', `${SPECIAL.join('\n')}\na\na\n`, 'lists "a" twice'],
  ])('are refused where one %s', async (_, content, hint) => {
    const path = join(temporaryDirectory(), 'vocab.txt');
    if (content !== undefined) writeFileSync(path, content);
    await expect(readVocabulary(path)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_VOCABULARY',
      message: expect.stringContaining(hint) as string,
      where: expect.stringContaining(path) as string,
    });
  });
});
