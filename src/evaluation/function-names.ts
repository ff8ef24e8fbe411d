/**
 * Names of compiled functions. TensorFlow takes one definition of a name, and a process may evaluate several models in turn,
 * as an ablation does. Nothing is kept under the names: evaluation compiles for the executor, which has no cache on disk.
 */
const uses = new Map<string, number>();

export function nextName(kind: string): string {
  const count = (uses.get(kind) ?? 0) + 1;
  uses.set(kind, count);
  return `${kind}_model${count}`;
}
