/**
 * Phrases as data: `[a|b|c]` stands for one of its alternatives (an empty one leaves the words out; brackets may nest), `{name}`
 * for a slot, whose value may hold alternatives again.
 *
 *   expand(draw, '[Small|Trace] {side} pleural effusion[ is seen|].', { side: 'left' })
 */
import type { Random } from '../../core/random.js';

export type Slots = Readonly<Record<string, string>>;

const SLOT = /\{(\w+)\}/g;
/** Alternatives without further brackets inside. */
const INNERMOST = /\[([^[\]]*)\]/;

/** The phrase with slots filled and one of each set of alternatives chosen, without doubled spaces. */
export function expand(draw: Random, phrase: string, slots: Slots = {}): string {
  let text = phrase.replace(SLOT, (_, name: string) => valueOf(slots, name, phrase));
  for (let match = INNERMOST.exec(text); match; match = INNERMOST.exec(text)) {
    const chosen = draw.pick(match[1].split('|'));
    text = text.slice(0, match.index) + chosen + text.slice(match.index + match[0].length);
  }
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/ ([.,])/g, '$1')
    .trim();
}

/** One of the phrases, expanded, each sentence with a capital letter at its start. */
export function say(draw: Random, phrases: readonly string[], slots: Slots = {}): string {
  const text = expand(draw, draw.pick(phrases), slots);
  return text.replace(/(^|\. )[a-z]/g, (start) => start.toUpperCase());
}

function valueOf(slots: Slots, name: string, phrase: string): string {
  const value = slots[name];
  if (value === undefined) throw new Error(`no slot ${name} for the phrase "${phrase}"`);
  return value;
}

/** "a", "a or b", "a, b or c". */
export function enumerate(items: readonly string[], conjunction: string): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items[items.length - 1]}`;
}
