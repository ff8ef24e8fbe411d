/** "Did you mean": the nearest of some names. */
import { distance } from 'fastest-levenshtein';

/**
 * The candidate nearest to `name` by edit distance, case ignored; nothing where all are far. Dotted names also match by
 * their last part: `learningRate` and `optimiser.learningRate` both find `optimizer.learningRate`.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, cost: cost(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.cost - b.cost);
  const best = ranked.at(0);
  return best !== undefined && best.cost <= Math.max(1, name.length / 3) ? best.candidate : undefined;
}

function cost(name: string, candidate: string): number {
  const whole = distance(name, candidate);
  const tail = distance(lastPart(name), lastPart(candidate));
  return Math.min(whole, tail + 0.5);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** ` Did you mean X?` or nothing, to end a sentence with. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const found = nearest(name, candidates);
  return found === undefined ? '' : `Did you mean ${found}? `;
}
