/** Cycles of a relation, found by depth-first search without recursion: UMLS has paths deeper than the stack. */

/** Successors of each node: those of node n are `targets[starts[n]]` up to `targets[starts[n + 1]]`. */
export interface Adjacency {
  starts: Uint32Array;
  targets: Uint32Array;
}

/** @param heads, tails the edges, [E] each */
export function adjacencyOf(nodes: number, heads: ArrayLike<number>, tails: ArrayLike<number>): Adjacency {
  const starts = new Uint32Array(nodes + 1);
  for (let edge = 0; edge < heads.length; edge++) starts[heads[edge] + 1]++;
  for (let node = 0; node < nodes; node++) starts[node + 1] += starts[node];
  const next = starts.slice();
  const targets = new Uint32Array(heads.length);
  for (let edge = 0; edge < heads.length; edge++) targets[next[heads[edge]]++] = tails[edge];
  return { starts, targets };
}

/**
 * Calls `onClosing` for each edge that closes a cycle. Without these edges there is no cycle left.
 *
 * @param onClosing `pathBack` gives the nodes from the edge's tail to its head; a path may be long, so only if asked
 */
export function findClosingEdges(
  { starts, targets }: Adjacency,
  onClosing: (head: number, tail: number, pathBack: () => number[]) => void,
): void {
  const nodes = starts.length - 1;
  const next = starts.slice(0, nodes);
  const state = new Uint8Array(nodes);
  const path: number[] = [];
  const enter = (node: number): void => {
    state[node] = ON_PATH;
    path.push(node);
  };
  for (let root = 0; root < nodes; root++) {
    if (state[root] === UNSEEN) enter(root);
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (next[node] === starts[node + 1]) {
        state[node] = DONE;
        path.pop();
        continue;
      }
      const target = targets[next[node]++];
      if (state[target] === UNSEEN) enter(target);
      else if (state[target] === ON_PATH) onClosing(node, target, () => path.slice(path.lastIndexOf(target)));
    }
  }
}

const UNSEEN = 0;
const ON_PATH = 1;
const DONE = 2;
