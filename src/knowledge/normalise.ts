/**
 * How words are written for comparison: without accents, in lower case, in the singular. Applied to synonyms and reports
 * alike, so a word need not become good English, only the same word.
 */

/** Plurals that dropping an s would miss, tried in order; the first that fits decides. */
const PLURALS: readonly (readonly [RegExp, string])[] = [
  [/thoraces$/, 'thorax'],
  [/(ectas|stas|stes|thes|scolios|kyphos|fibros|sclerous|scleros|stenos|ptos|silicos|asbestos|necros)es$/, '$1is'],
  [/([^aeiou])ies$/, '$1y'],
  [/(ss|us|x|ch|sh|z)es$/, '$1'],
  [/(bull|vertebr|pleur|scapul|fistul|axill|trache|lamin)ae$/, '$1a'],
  [/(.{2,}[^suia])s$/, '$1'],
  [/(.{2,}a)s$/, '$1'],
];

const known = new Map<string, string>();
/** Words are few, numbers are not: the table must not grow with the corpus. */
const MAX_KNOWN = 100_000;

export function normaliseWord(word: string): string {
  const found = known.get(word);
  if (found !== undefined) return found;
  const plain = singular(word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase());
  if (known.size < MAX_KNOWN) known.set(word, plain);
  return plain;
}

function singular(word: string): string {
  for (const [plural, replacement] of PLURALS) {
    if (plural.test(word)) return word.replace(plural, replacement);
  }
  return word;
}
