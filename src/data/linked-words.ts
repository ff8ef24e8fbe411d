/** From links, which are places in a report as it was given, to the words that the text encoder reads. */
import type { Word } from './plain-words.js';

/** The word of that index is part of the link of that index. */
export interface LinkedWord {
  word: number;
  link: number;
}

/**
 * The words that each link touches, link by link. A link that lies in text which cleaning drops has none, and one that
 * reaches over such text has what is left.
 *
 * @param words of the cleaned report (`cleanWords`)
 * @param links UTF-16 units `start` to `end - 1` of the report
 */
export function linkedWords(words: readonly Word[], links: readonly { start: number; end: number }[]): LinkedWord[] {
  return links.flatMap(({ start, end }, link) =>
    words.flatMap((word, index) => (word.start < end && start < word.end ? [{ word: index, link }] : [])),
  );
}

/**
 * Index of each word among the words that BERT sees: its tokenizer cuts at every full stop, so a decimal is three.
 *
 * @returns [words + 1], how many words there are for BERT at the end
 */
export function bertWordStarts(words: readonly { text: string }[]): number[] {
  const starts = [0];
  for (const [i, { text }] of words.entries()) starts.push(starts[i] + (text.includes('.') ? 3 : 1));
  return starts;
}
