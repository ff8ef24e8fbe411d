/** Labels of the metrics, and what keeps their values few: a series that strangers or time can multiply is a leak. */

/** Losses have the names that workers give them, and peers the ranks that they claim: no more than so many become series. */
export const MOST_VALUES = 64;

export const LABELS = {
  run: 'id of the run; a process has one at a time',
  role: '`coordinator` or `worker`',
  worker: 'number of a worker; the coordinator removes the series of those that are gone',
  part: `\`loss\` and each part of it by its name in metrics.jsonl; ${MOST_VALUES} at most`,
  loss: 'the loss that has a temperature: `global`, `local`, `prototypes`',
  phase: 'of a step: `data`, `encode`, `gather`, `loss`, `backward`, `reduce`, `update`, `save`',
  state: 'of a run: `joining`, `training`, `halting`, `waiting`, `saving`, `aborting`, `ended`',
  way: 'what the bytes are: `gather` (rows), `ring` (gradients), `state` (of training)',
  peer: `\`coordinator\`, or the rank of the other worker; ${MOST_VALUES} at most, the rest is \`other\``,
  of: 'what was begun again: `coordinator`, `checkpoint`, `generation`',
  reason: 'why something was refused: [who gets in](security.md)',
  lease: 'name of the run in the store; a process has one at a time',
  gpu: 'number of a GPU that the worker sees',
  type: 'of a resource that keeps Node running, such as `TCPSocketWrap`',
  space: 'of the heap of V8',
  kind: 'of a garbage collection',
  version: 'of Node, with `major`, `minor` and `patch`',
  major: 'of `version`',
  minor: 'of `version`',
  patch: 'of `version`',
} as const;

export type Label = keyof typeof LABELS;

/** The values that a label has had; one more than `most` is none of them. */
export class FewValues {
  private readonly known = new Set<string>();

  /** Whether the value may have a series. */
  admits(value: string): boolean {
    if (this.known.size < MOST_VALUES) this.known.add(value);
    return this.known.has(value);
  }
}
