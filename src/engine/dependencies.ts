/** Which recorded nodes are needed for which results, and where a trace can be cut in two. */
import type { Recorder, RecordedNode, SymbolicTensor } from './recorder.js';

/** Nodes that `results` depend on, short of the nodes of `given`, each after those it reads. */
export function nodesFor(
  recorder: Recorder,
  results: readonly SymbolicTensor[],
  given: ReadonlySet<RecordedNode>,
): Set<RecordedNode> {
  const found = new Set<RecordedNode>();
  const open = results.map((symbol) => symbol.node);
  while (open.length > 0) {
    const node = open.pop()!;
    if (found.has(node) || given.has(node)) continue;
    found.add(node);
    for (const id of node.inputIds) open.push(recorder.symbol(id).node);
  }
  return found;
}

/** Operations that cost nothing: repeated after a cut rather than carried over it. */
const FREE = new Set(['Const', 'Reshape', 'ExpandDims', 'Squeeze']);

export interface Cut {
  /** Nodes after the cut, among them repeated free ones. */
  nodes: Set<RecordedNode>;
  /** Tensors from before the cut that those read: the residuals of a forward pass. */
  residuals: SymbolicTensor[];
}

/** What must be computed for `results` once the nodes of `before` have run, and what it needs of them. */
export function cutAfter(
  recorder: Recorder,
  before: ReadonlySet<RecordedNode>,
  results: readonly SymbolicTensor[],
): Cut {
  const nodes = new Set<RecordedNode>();
  const residuals = new Map<number, SymbolicTensor>();
  const open: RecordedNode[] = results.map((symbol) => symbol.node);
  while (open.length > 0) {
    const node = open.pop()!;
    if (nodes.has(node)) continue;
    nodes.add(node);
    for (const id of node.inputIds) {
      const symbol = recorder.symbol(id);
      if (before.has(symbol.node) && !FREE.has(symbol.node.op)) residuals.set(id, symbol);
      else open.push(symbol.node);
    }
  }
  return { nodes, residuals: [...residuals.values()] };
}
