/** Cuts a text into words that know where they stand and what separates them from the word before. */
import { normaliseWord } from './normalise.js';

/**
 * What stands before a word: nothing that parts it from its neighbour (spaces, hyphens, one line end), a mark such as a
 * comma, which no mention crosses, or the end of a sentence, which nothing crosses.
 */
export type Gap = 'none' | 'mark' | 'sentence';

export interface Token {
  /** Normalised. */
  word: string;
  /** UTF-16 units of the text: from `start` to `end - 1`. */
  start: number;
  end: number;
  gap: Gap;
}

const WORD = /\d+\.\d+|[\p{L}\p{M}\p{N}]+/gu;
const SENTENCE_END = /[.?!;:]|\n[^\S\n]*\n/;
const NOTHING = /^[\s'’"“”/‐‑-]*$/;
/** Abbreviations whose full stop ends no sentence. */
const ABBREVIATIONS = new Set(['vs', 'approx', 'dr']);

export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const before = tokens.at(-1);
    const start = match.index;
    const word = normaliseWord(match[0]);
    tokens.push({ word, start, end: start + match[0].length, gap: gapOf(text, before, start) });
  }
  return tokens;
}

function gapOf(text: string, before: Token | undefined, start: number): Gap {
  if (before === undefined) return 'sentence';
  const between = text.slice(before.end, start);
  if (between === ' ') return 'none';
  if (between.startsWith('.') && ABBREVIATIONS.has(before.word)) return 'none';
  if (SENTENCE_END.test(between.replaceAll('\r\n', '\n'))) return 'sentence';
  return NOTHING.test(between) ? 'none' : 'mark';
}
