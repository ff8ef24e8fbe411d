/** The triples of a graph as numbers: a double each, so that millions can be sorted and compared in little memory. */

/** Packs relation, head and tail, which are indices, into one double; sorts by relation, then head, then tail. */
export interface EdgePacking {
  pack: (relation: number, head: number, tail: number) => number;
  relation: (edge: number) => number;
  head: (edge: number) => number;
  tail: (edge: number) => number;
}

/** For a graph of so many concepts; there may be as many relations as 2^53 / concepts^2. */
export function edgePacking(concepts: number): EdgePacking {
  return {
    pack: (relation, head, tail) => (relation * concepts + head) * concepts + tail,
    relation: (edge) => Math.floor(edge / concepts / concepts),
    head: (edge) => Math.floor(edge / concepts) % concepts,
    tail: (edge) => edge % concepts,
  };
}

/** Edges that occur more than once. */
export function repeatedEdges(edges: Float64Array): Set<number> {
  const sorted = edges.slice().sort();
  return new Set(sorted.filter((edge, index) => index > 0 && edge === sorted[index - 1]));
}
