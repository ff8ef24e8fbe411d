/**
 * Builds a WordPiece vocabulary from a corpus: starting from single characters, the pair of neighbouring pieces that is
 * most frequent is merged, again and again (byte-pair encoding with BERT's `##`, as Hugging Face's trainer does).
 * The result depends on the words and their counts alone, not on their order.
 */
import { MlipError } from '../core/errors.js';
import { PriorityQueue } from './priority-queue.js';

export const SPECIAL_PIECES = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** A piece must come from a pair that occurs at least this often. */
const MIN_PAIR_COUNT = 2;
const CONTINUATION = '##';

interface Word {
  pieces: string[];
  count: number;
}

interface Pair {
  left: string;
  right: string;
  count: number;
  /** Words that hold the pair, or held it. */
  words: Set<Word>;
}

interface Candidate {
  key: string;
  count: number;
}

/**
 * @param texts cleaned reports
 * @param size pieces wanted, special pieces included; fewer come back where the corpus does not give so many
 * @returns pieces by id: special pieces at 0 to 4, then characters, then merges in order of frequency
 * @throws MlipError MLIP_E_DATA_VOCABULARY where the characters alone exceed `size` or there is no text
 */
export function buildVocabulary(texts: Iterable<string>, size: number): string[] {
  const words = countWords(texts);
  const vocabulary = new Set<string>([...SPECIAL_PIECES, ...alphabetOf(words)]);
  requireRoom(words.length, vocabulary.size, size);
  const pairs = countPairs(words);
  const queue = new PriorityQueue<Candidate>(
    before,
    [...pairs].map(([key, { count }]) => ({ key, count })),
  );
  while (vocabulary.size < size) {
    const best = popFrequent(queue, pairs);
    if (best === undefined) break;
    vocabulary.add(mergedPiece(best.left, best.right));
    for (const key of merge(best, pairs)) queue.push({ key, count: pairs.get(key)!.count });
  }
  return [...vocabulary];
}

function requireRoom(words: number, needed: number, size: number): void {
  if (words === 0) {
    throw new MlipError('MLIP_E_DATA_VOCABULARY', 'there are no reports to build a vocabulary from', {
      remedy: 'Check the reports with mlip data check.',
    });
  }
  if (needed <= size) return;
  throw new MlipError(
    'MLIP_E_DATA_VOCABULARY',
    `a vocabulary of ${size} pieces does not hold the corpus's characters`,
    {
      where: 'data.vocabularySize',
      remedy: `Ask for at least ${needed} pieces; 1000 or more is usual.`,
    },
  );
}

/** Words as BERT cuts a text before it looks for pieces: runs of letters and digits, and single other characters. */
function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of text.match(/[a-z0-9]+|[^\sa-z0-9]/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => compare(a, b));
  return sorted.map(([word, count]) => ({ count, pieces: [...word].map((c, i) => (i === 0 ? c : CONTINUATION + c)) }));
}

/** Single characters, the frequent first. */
function alphabetOf(words: readonly Word[]): string[] {
  const counts = new Map<string, number>();
  for (const { pieces, count } of words) {
    for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + count);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b)).map(([piece]) => piece);
}

function countPairs(words: readonly Word[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const word of words) addPairs(word, pairs);
  return pairs;
}

/** Counts the pairs of a word in, and returns their keys. */
function addPairs(word: Word, pairs: Map<string, Pair>): string[] {
  return neighbours(word).map(([left, right]) => {
    const key = `${left} ${right}`;
    const pair = pairs.get(key) ?? { left, right, count: 0, words: new Set<Word>() };
    pairs.set(key, pair);
    pair.count += word.count;
    pair.words.add(word);
    return key;
  });
}

function neighbours({ pieces }: Word): [string, string][] {
  return pieces.slice(1).map((piece, i) => [pieces[i], piece]);
}

/** The most frequent pair whose count in the queue is still true; none where no pair is frequent enough. */
function popFrequent(queue: PriorityQueue<Candidate>, pairs: Map<string, Pair>): Pair | undefined {
  for (let top = queue.pop(); top !== undefined && top.count >= MIN_PAIR_COUNT; top = queue.pop()) {
    const pair = pairs.get(top.key);
    if (pair?.count === top.count) return pair;
  }
  return undefined;
}

/** Merges a pair in every word that holds it. Returns the keys of the pairs whose count changed. */
function merge(pair: Pair, pairs: Map<string, Pair>): Set<string> {
  const changed = new Set<string>();
  for (const word of pair.words) {
    for (const [left, right] of neighbours(word)) {
      const key = `${left} ${right}`;
      pairs.get(key)!.count -= word.count;
      changed.add(key);
    }
    word.pieces = mergePieces(word.pieces, pair.left, pair.right);
    for (const key of addPairs(word, pairs)) changed.add(key);
  }
  pairs.delete(`${pair.left} ${pair.right}`);
  changed.delete(`${pair.left} ${pair.right}`);
  return changed;
}

function mergePieces(pieces: readonly string[], left: string, right: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const found = pieces[i] === left && pieces[i + 1] === right;
    result.push(found ? mergedPiece(left, right) : pieces[i]);
    if (found) i += 1;
  }
  return result;
}

function mergedPiece(left: string, right: string): string {
  return left + right.slice(CONTINUATION.length);
}

/** Frequent first; among equals by key, so that the result is the same everywhere. */
function before(a: Candidate, b: Candidate): boolean {
  return a.count !== b.count ? a.count > b.count : compare(a.key, b.key) < 0;
}

/** By UTF-16 code unit: unlike localeCompare the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
