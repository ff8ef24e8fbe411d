/** Nested records and arrays of tensors, as functions take and return them, flattened to lists and back. */
import { Tensor } from '@tensorflow/tfjs-core';

export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** The tensors in a fixed order: arrays by index, records in the order of their keys' insertion. */
export function flatten(tree: TensorTree): Tensor[] {
  if (tree instanceof Tensor) return [tree];
  return Object.values(tree).flatMap((branch: TensorTree) => flatten(branch));
}

/** A tree of the same form as `like` with the given leaves in the order of `flatten`. */
export function unflatten<T extends TensorTree>(like: T, leaves: readonly Tensor[]): T {
  let next = 0;
  const build = (tree: TensorTree): TensorTree => {
    if (tree instanceof Tensor) return leaves[next++];
    if (Array.isArray(tree)) return (tree as TensorTree[]).map(build);
    return Object.fromEntries(Object.entries(tree).map(([key, branch]) => [key, build(branch)]));
  };
  return build(like) as T;
}

/** Text that is equal for trees of the same form, shapes and types: what a compiled function is kept under. */
export function signature(tree: TensorTree): string {
  if (tree instanceof Tensor) return `${tree.dtype}[${tree.shape.join()}]`;
  return `(${Object.entries(tree)
    .map(([key, branch]) => `${key}:${signature(branch)}`)
    .join()})`;
}
