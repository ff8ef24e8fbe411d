/** The tokenizer against Hugging Face's own (fixture made by make_fixtures.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bertWordStarts } from '../../src/data/linked-words.js';
import { cleanWords } from '../../src/data/report.js';
import { createTokenizer } from '../../src/data/tokenizer.js';
import { readVocabulary } from '../../src/data/vocabulary.js';
import { fixture } from './corpus.js';

interface Golden {
  cases: { text: string; ids: number[] }[];
}

const golden = JSON.parse(readFileSync(fixture('bert-uncased.json'), 'utf8')) as Golden;
const vocabulary = await readVocabulary(fixture('vocab.txt'));

describe('createTokenizer', () => {
  it.each(golden.cases)('cuts $text as Hugging Face does', ({ text, ids }) => {
    const { ids: padded, length } = createTokenizer(vocabulary, 128).tokenize(text);
    expect([...padded.subarray(0, length)]).toEqual(ids);
    expect([...padded.subarray(length)].every((id) => id === 0)).toBe(true);
    expect(padded).toHaveLength(128);
  });

  it('cuts a long report at its end and keeps SEP', () => {
    const tokenizer = createTokenizer(vocabulary, 5);
    const [cls, no, pleural, effusion, sep] = [2, 5, 6, 7, 3];
    expect(tokenizer.tokenize('no pleural effusion')).toEqual({
      ids: Int32Array.of(cls, no, pleural, effusion, sep),
      length: 5,
      wordOfPiece: Int32Array.of(-1, 0, 1, 2, -1),
    });
    expect(tokenizer.tokenize('no pleural effusion right left')).toEqual({
      ids: Int32Array.of(cls, no, pleural, effusion, sep),
      length: 5,
      wordOfPiece: Int32Array.of(-1, 0, 1, 2, -1),
    });
  });

  it('tells the word of each piece', () => {
    const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'no', 'pneumo', '##thorax', '1', '.', '5', '##0'];
    const { wordOfPiece, length } = createTokenizer(pieces, 12).tokenize('no pneumothorax 1.50 qq no');
    // CLS no pneumo ##thorax 1 . 5 ##0 UNK no SEP PAD
    expect([...wordOfPiece]).toEqual([-1, 0, 1, 1, 2, 3, 4, 4, 5, 6, -1, -1]);
    expect(length).toBe(11);
  });

  it('counts the words of a cleaned report as bertWordStarts does', () => {
    const { words, text } = cleanWords('FINDINGS: Nodule of 1.5 cm. IMPRESSION: Pneumothorax, 10 mm.');
    const { wordOfPiece } = createTokenizer(vocabulary, 128).tokenize(text);
    expect(Math.max(...wordOfPiece) + 1).toBe(bertWordStarts(words).at(-1));
  });
});
