/** Negatives of TransE: a true triple with its head or its tail replaced by another concept. */
import type { Random } from '../core/random.js';
import type { TripleIndices } from './triple-indices.js';

/** Where nearly every concept makes a true triple, a false one may not be found; then none is used. */
const DRAWS = 50;

export interface Corrupted {
  head: number;
  tail: number;
}

/** Filtered (Bordes et al. 2013, section 4): never a triple of the graph, held-out ones included. */
export function corrupt(indices: TripleIndices, triple: number, draw: Random): Corrupted | undefined {
  const { concepts, isTrue } = indices;
  const relation = indices.relationOf[triple];
  for (let tried = 0; tried < DRAWS; tried++) {
    const replacement = draw.integer(concepts);
    const replacesHead = draw.uniform() < 0.5;
    const head = replacesHead ? replacement : indices.heads[triple];
    const tail = replacesHead ? indices.tails[triple] : replacement;
    if (head !== tail && !isTrue(head, relation, tail)) return { head, tail };
  }
  return undefined;
}
