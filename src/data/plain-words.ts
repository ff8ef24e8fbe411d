/** The words of a text in a-z and 0-9, which are all that the text encoder reads. */
import type { TracedText } from './traced-text.js';

export interface Word {
  text: string;
  /** UTF-16 units `start` to `end - 1` of the original; for a ligature or a fraction, those of the whole character. */
  start: number;
  end: number;
}

/** A decimal is one word; letters lose their accents. */
export function plainWords(from: TracedText): Word[] {
  const { text, starts, ends } = withoutAccents(from);
  return Array.from(text.matchAll(/\d+\.\d+|[a-z0-9]+/g), ({ 0: word, index }) => ({
    text: word,
    start: starts[index],
    end: ends[index + word.length - 1],
  }));
}

export function hasWords({ text }: TracedText): boolean {
  return /[a-z0-9]/i.test(text.normalize('NFKD'));
}

/** Lower-case compatibility letters without marks; for each its first unit in the original and the one after its last. */
interface PlainText {
  text: string;
  starts: readonly number[];
  ends: readonly number[];
}

const ASCII = /^[\0-\x7f]*$/;

/** Character by character: decomposing a whole text differs only in the order of marks, which go. */
function withoutAccents({ text, origins }: TracedText): PlainText {
  if (ASCII.test(text)) return { text: text.toLowerCase(), starts: origins, ends: origins.map((at) => at + 1) };
  const plain = { text: '', starts: [] as number[], ends: [] as number[] };
  let unit = 0;
  for (const character of text) {
    const letters = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    const last = unit + character.length - 1;
    for (let i = 0; i < letters.length; i++) {
      plain.starts.push(origins[unit]);
      plain.ends.push(origins[last] + 1);
    }
    // A mark on its own belongs to the letter before it.
    if (letters === '' && plain.ends.length > 0) plain.ends[plain.ends.length - 1] = origins[last] + 1;
    plain.text += letters;
    unit += character.length;
  }
  return plain;
}
