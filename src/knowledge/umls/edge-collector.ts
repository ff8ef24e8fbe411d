/** Collects edges as sorted doubles without repeats: memory grows with the distinct ones, not with the rows read. */

export interface EdgeCollector {
  add(edge: number): void;
  /** Ascending, each once. */
  distinct(): Float64Array;
}

const FIRST_CAPACITY = 1 << 16;

export function createEdgeCollector(): EdgeCollector {
  let edges = new Float64Array(FIRST_CAPACITY);
  let count = 0;
  const compact = (): void => {
    const sorted = edges.subarray(0, count).sort();
    let kept = 0;
    for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kept++] = sorted[i];
    count = kept;
  };
  const makeRoom = (): void => {
    compact();
    if (count <= edges.length / 2) return;
    const larger = new Float64Array(edges.length * 2);
    larger.set(edges.subarray(0, count));
    edges = larger;
  };
  return {
    add(edge) {
      if (count === edges.length) makeRoom();
      edges[count++] = edge;
    },
    distinct() {
      compact();
      return edges.subarray(0, count);
    },
  };
}
