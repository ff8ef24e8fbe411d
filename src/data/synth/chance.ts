/** Draws that the synthetic corpus needs beyond core/random.ts. */
import type { Random } from '../../core/random.js';

/** Uniform in [low, high). */
export const between = (draw: Random, low: number, high: number): number => low + (high - low) * draw.uniform();

/** True with the given probability. */
export const chance = (draw: Random, probability: number): boolean => draw.uniform() < probability;

/** A key, with probability proportional to its weight. */
export function weighted<T extends string>(draw: Random, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][];
  let left = draw.uniform() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries[entries.length - 1][0];
}

/** The items in random order. */
export const shuffled = <T>(draw: Random, items: readonly T[]): T[] =>
  Array.from(draw.permutation(items.length), (i) => items[i]);
