/** Phrases of messages to people. */

const MOST_NAMED = 8;

/** `rank 1`, `ranks 1 and 2`, `ranks 0, 1, 2, 3, 4, 5, 6, 7 and 12 more`. */
export function ranksPhrase(ranks: readonly number[]): string {
  if (ranks.length === 1) return `rank ${ranks[0]}`;
  if (ranks.length > MOST_NAMED) {
    return `ranks ${ranks.slice(0, MOST_NAMED).join(', ')} and ${ranks.length - MOST_NAMED} more`;
  }
  return `ranks ${ranks.slice(0, -1).join(', ')} and ${ranks.at(-1)}`;
}

export function secondsPhrase(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}

export function countPhrase(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
