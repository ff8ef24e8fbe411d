/** Phrases of messages to people. */

const MOST_NAMED = 8;

/** `worker 1`, `workers 1 and 2`, `workers 0, 1, 2, 3, 4, 5, 6, 7 and 12 more`. */
export function workersPhrase(workers: readonly number[]): string {
  return workers.length === 1 ? `worker ${workers[0]}` : `workers ${listPhrase(workers)}`;
}

/** `1`, `1 and 2`, `0, 1, 2, 3, 4, 5, 6, 7 and 12 more`; `none`. */
export function listPhrase(numbers: readonly number[]): string {
  if (numbers.length === 0) return 'none';
  if (numbers.length === 1) return String(numbers[0]);
  if (numbers.length > MOST_NAMED) {
    return `${numbers.slice(0, MOST_NAMED).join(', ')} and ${numbers.length - MOST_NAMED} more`;
  }
  return `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

export function secondsPhrase(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}

export function countPhrase(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param step steps applied */
export function placePhrase(step: number): string {
  return step === 0 ? 'before its first step' : `after step ${step}`;
}
