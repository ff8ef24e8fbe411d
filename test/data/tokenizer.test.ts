/** The tokenizer against Hugging Face's own (fixture made by make_fixtures.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
    });
    expect(tokenizer.tokenize('no pleural effusion right left')).toEqual({
      ids: Int32Array.of(cls, no, pleural, effusion, sep),
      length: 5,
    });
  });
});
