/** The triples of a graph as indices, and the question whether a triple is true. */
import { edgePacking } from './edges.js';
import type { KnowledgeGraph } from './graph.js';

export interface TripleIndices {
  concepts: number;
  /** Names by index, in the order in which the triples name them. */
  relations: string[];
  /** [E] each: the triples. */
  heads: Uint32Array;
  relationOf: Uint32Array;
  tails: Uint32Array;
  isTrue: (head: number, relation: number, tail: number) => boolean;
}

export function tripleIndices({ concepts, triples, indexOf }: KnowledgeGraph): TripleIndices {
  const relations = [...new Set(triples.map(({ relation }) => relation))];
  const numberOf = new Map(relations.map((name, index) => [name, index]));
  const heads = Uint32Array.from(triples, ({ head }) => indexOf.get(head)!);
  const relationOf = Uint32Array.from(triples, ({ relation }) => numberOf.get(relation)!);
  const tails = Uint32Array.from(triples, ({ tail }) => indexOf.get(tail)!);
  const { pack } = edgePacking(concepts.length);
  const known = Float64Array.from(heads, (head, i) => pack(relationOf[i], head, tails[i])).sort();
  const isTrue = (head: number, relation: number, tail: number): boolean => contains(known, pack(relation, head, tail));
  return { concepts: concepts.length, relations, heads, relationOf, tails, isTrue };
}

/** Binary search: a set of millions of doubles would take ten times the memory. */
function contains(sorted: Float64Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
