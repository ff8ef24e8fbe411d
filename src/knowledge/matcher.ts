/** Finds phrases in a row of words: a tree of words, searched from a place on for the phrase with the most words. */
import { tokenise, type Token } from './tokens.js';

interface Node<Value> {
  children: Map<string, Node<Value>>;
  value?: Value;
}

export interface Match<Value> {
  value: Value;
  /** Index of the token after the last one. */
  end: number;
  /** Words of the phrase. */
  words: number;
}

export interface Matcher<Value> {
  /** The longest phrase that starts at that token, by the number of its own words. */
  longestAt(tokens: readonly Token[], start: number): Match<Value> | undefined;
}

/** How many words that say nothing may stand between two words of a phrase; bounds the search, too. */
const MAX_SKIPPED = 4;

/**
 * Of phrases that normalise to the same words the first counts.
 *
 * @param skipped words that may stand inside a phrase without belonging to it, normalised
 */
export function createMatcher<Value>(
  phrases: Iterable<readonly [phrase: string, value: Value]>,
  skipped: ReadonlySet<string> = new Set(),
): Matcher<Value> {
  const root: Node<Value> = { children: new Map() };
  for (const [phrase, value] of phrases) insert(root, phrase, value);

  function search(node: Node<Value>, tokens: readonly Token[], at: number, state: Walk): Match<Value> | undefined {
    const own: Match<Value> | undefined =
      node.value === undefined || state.skips > 0 ? undefined : { value: node.value, end: at, words: state.words };
    if (at >= tokens.length || (state.words > 0 && tokens[at].gap !== 'none')) return own;
    const child = node.children.get(tokens[at].word);
    const further = child && search(child, tokens, at + 1, { words: state.words + 1, skips: 0 });
    const maySkip = state.words > 0 && state.skips < MAX_SKIPPED && skipped.has(tokens[at].word);
    const over = maySkip ? search(node, tokens, at + 1, { words: state.words, skips: state.skips + 1 }) : undefined;
    return longer(longer(further, over), own);
  }
  return { longestAt: (tokens, start) => search(root, tokens, start, { words: 0, skips: 0 }) };
}

/** How far a search has come: words of the phrase so far, and words skipped since the last of them. */
interface Walk {
  words: number;
  skips: number;
}

function longer<Value>(a: Match<Value> | undefined, b: Match<Value> | undefined): Match<Value> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.words > a.words ? b : a;
}

function insert<Value>(root: Node<Value>, phrase: string, value: Value): void {
  const words = tokenise(phrase).map(({ word }) => word);
  if (words.length === 0) return;
  let node = root;
  for (const word of words) {
    let child = node.children.get(word);
    if (child === undefined) node.children.set(word, (child = { children: new Map() }));
    node = child;
  }
  node.value ??= value;
}
