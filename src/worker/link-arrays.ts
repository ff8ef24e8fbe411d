/** The linked words of a micro-batch in arrays of fixed size: K slots a report, those that are left over masked out. */
import type { HostTensor } from '../core/host-tensor.js';
import { conceptKey, type LinkedWord, type PairFacts } from './pair-facts.js';

export interface LinkArrays {
  /** [m, K] */
  positions: Int32Array;
  conceptIds: Int32Array;
  mask: Float32Array;
  negated: Float32Array;
  /** Share of each link in the mean of its report's distinct concepts, [m, K]. */
  shares: Float32Array;
  /** [m, K, width] */
  vectors: Float32Array;
}

/**
 * @param vectors embedding of each concept of the graph, [C, width]
 * @param slots K: further links of a report are left out
 * @param words T: links to words that were cut off with the end of a report are left out
 */
export function linkArrays(
  facts: readonly PairFacts[],
  vectors: HostTensor,
  { slots, words }: { slots: number; words: number },
): LinkArrays {
  const count = facts.length * slots;
  const width = vectors.shape[1];
  const arrays: LinkArrays = {
    ...{ positions: new Int32Array(count), conceptIds: new Int32Array(count), mask: new Float32Array(count) },
    ...{ negated: new Float32Array(count), shares: new Float32Array(count), vectors: new Float32Array(count * width) },
  };
  facts.forEach(({ links }, row) => {
    const used = links.filter(({ word }) => word < words).slice(0, slots);
    const shares = sharesOf(used);
    used.forEach((link, slot) => {
      const at = row * slots + slot;
      arrays.positions[at] = link.word;
      arrays.conceptIds[at] = conceptKey(link);
      arrays.mask[at] = 1;
      arrays.negated[at] = Number(link.negated);
      arrays.shares[at] = shares[slot];
      arrays.vectors.set(vectors.data.subarray(link.concept * width, (link.concept + 1) * width), at * width);
    });
  });
  return arrays;
}

/** 1 / distinct concepts at the first mention of each, else 0. */
function sharesOf(links: readonly LinkedWord[]): number[] {
  const keys = links.map(conceptKey);
  const distinct = new Set(keys).size;
  return keys.map((key, at) => (keys.indexOf(key) === at ? 1 / distinct : 0));
}
