/** Text of others for a terminal: what would move its cursor, recolour or reorder it is shown by its code instead. */

/** Control characters, halves of characters, and marks that turn the direction of text. */
const UNSAFE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line, whatever the text. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? codeOf(character));
}

/** Keeps line ends and tabs. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE, (character) => (/[\n\t]/.test(character) ? character : codeOf(character)));
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
