/** Cuts reports into WordPiece ids as BERT does (uncased: text is lower-cased and accents are stripped first). */
import { Tokenizer } from '@huggingface/tokenizers';
import { SPECIAL_PIECES } from './vocabulary-trainer.js';

/** The part of the package that is used here; its own declarations do not resolve under NodeNext. */
type TokenizerClass = new (tokenizer: object, config: object) => { encode(text: string): { ids: number[] } };

/** A report in pieces: CLS, the report's pieces, SEP, then padding. */
export interface TokenizedReport {
  /** [maxPieces] */
  ids: Int32Array;
  /** Pieces that are not padding, CLS and SEP included. */
  length: number;
  /** [maxPieces], index of the word that each piece belongs to; -1 for CLS, SEP and padding. */
  wordOfPiece: Int32Array;
}

export interface ReportTokenizer {
  /** Entries of the vocabulary: rows of the text encoder's embedding. */
  vocabularySize: number;
  maxPieces: number;
  tokenize(report: string): TokenizedReport;
}

/**
 * @param vocabulary pieces by id; holds BERT's special pieces at any place
 * @param maxPieces length of the result; longer reports lose their end but keep SEP
 */
export function createTokenizer(vocabulary: readonly string[], maxPieces: number): ReportTokenizer {
  const ids = Object.fromEntries(vocabulary.map((piece, id) => [piece, id]));
  const bert = new (Tokenizer as unknown as TokenizerClass)(bertTokenizer(ids), {});
  const pad = ids['[PAD]'];
  const sep = ids['[SEP]'];
  const wordOfPiece = wordFinder(vocabulary, maxPieces);

  function tokenize(report: string): TokenizedReport {
    const pieces = bert.encode(report).ids;
    const kept = pieces.length <= maxPieces ? pieces : [...pieces.slice(0, maxPieces - 1), sep];
    const padded = new Int32Array(maxPieces).fill(pad);
    padded.set(kept);
    return { ids: padded, length: kept.length, wordOfPiece: wordOfPiece(kept) };
  }
  return { vocabularySize: vocabulary.length, maxPieces, tokenize };
}

/** Counts words as BERT cuts them: a run of letters and digits, or one mark; `##` continues the word before. */
function wordFinder(vocabulary: readonly string[], maxPieces: number): (pieces: readonly number[]) => Int32Array {
  const continues = vocabulary.map((piece) => piece.startsWith('##'));
  return (pieces) => {
    const words = new Int32Array(maxPieces).fill(-1);
    let word = -1;
    for (let at = 1; at < pieces.length - 1; at++) words[at] = continues[pieces[at]] ? word : ++word;
    return words;
  };
}

/** What Hugging Face's tokenizer.json of an uncased BERT says. */
function bertTokenizer(vocab: Record<string, number>): object {
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const named = (id: string) => ({ id, ids: [vocab[id]], tokens: [id] });
  return {
    version: '1.0',
    added_tokens: SPECIAL_PIECES.map((content) => ({ id: vocab[content], content, special: true, normalized: false })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [],
      special_tokens: { '[CLS]': named('[CLS]'), '[SEP]': named('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
