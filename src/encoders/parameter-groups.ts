/**
 * Which part of the model a parameter or a running statistic belongs to, by its name. Gradients are summed and updates are
 * applied group by group; evaluation reads the group that it needs.
 */

/** Both encoders with their heads, and what reads the features of both: fusion encoder, its heads, prototypes. */
export const GROUPS = ['joint', 'text', 'vision'] as const;
export type Group = (typeof GROUPS)[number];

const VISION = /^((local_)?head\.|divergence\.)?vision\./;
const JOINT = /^(fusion|itm_head|swap_head|prototypes)\./;

/** `vision.blocks.0...` and `head.vision.0...` belong to vision; `knowledge.weight`, which meets the words, to text. */
export function groupOf(name: string): Group {
  if (VISION.test(name)) return 'vision';
  return JOINT.test(name) ? 'joint' : 'text';
}

/** Those of a group, in their order. */
export function ofGroup<T>(group: Group, named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => groupOf(name) === group));
}
