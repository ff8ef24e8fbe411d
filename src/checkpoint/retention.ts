/** Which checkpoints are kept: the newest, multiples of a number of steps, and the best one. A pure function. */

/** The keys of `checkpoint` in the configuration. */
export interface RetentionPolicy {
  /** Newest ones that are kept. */
  keep: number;
  /** Multiples of so many steps are kept for ever; 0 keeps none. */
  keepEverySteps: number;
  /** Column of metrics.jsonl; the checkpoint where it is lowest is kept; empty keeps none. */
  keepBest: string;
}

export const KEEP_ALL: RetentionPolicy = { keep: Infinity, keepEverySteps: 0, keepBest: '' };

export interface Retained {
  step: number;
  metrics?: Readonly<Record<string, number>> | undefined;
}

/** The steps whose checkpoints the policy gives up, in no particular order of `list`. */
export function toDelete(list: readonly Retained[], policy: RetentionPolicy): number[] {
  const { keep, keepEverySteps, keepBest } = policy;
  const steps = list.map(({ step }) => step).sort((a, b) => b - a);
  const newest = new Set(steps.slice(0, keep));
  const best = keepBest === '' ? undefined : bestOf(list, keepBest);
  const isMultiple = (step: number): boolean => keepEverySteps > 0 && step % keepEverySteps === 0;
  return steps.filter((step) => !newest.has(step) && !isMultiple(step) && step !== best);
}

/** Of equally good ones the newest. Checkpoints that lack the column don't take part. */
function bestOf(list: readonly Retained[], column: string): number | undefined {
  let best: { step: number; value: number } | undefined;
  for (const { step, metrics } of list) {
    const value = metrics?.[column];
    if (value === undefined) continue;
    if (best === undefined || value < best.value || (value === best.value && step > best.step)) best = { step, value };
  }
  return best?.step;
}
