/**
 * AUROC of each label of a multi-label set of rows, and their mean (macro AUROC). Labels that cannot be scored are named
 * with the reason and left out of the mean. Pure functions on host memory.
 */
import { auroc, placements } from './auroc.js';

export interface LabelScore {
  label: string;
  /** Rows that have the label. */
  positives: number;
  negatives: number;
  auroc: number;
  /** Of `auroc`, were other rows drawn. */
  standardError: number;
}

export interface LeftOutLabel {
  label: string;
  reason: string;
}

export interface LabelScores {
  /** Mean of the labels' AUROC. */
  macroAuroc: number;
  /** What scores that know nothing get. */
  chance: number;
  labels: LabelScore[];
  leftOut: LeftOutLabel[];
}

export interface DividedLabels {
  scored: string[];
  leftOut: LeftOutLabel[];
}

/** A variance needs two rows of a class. */
const NEEDED = 2;

/** The labels of the rows, each once, in alphabetical order. */
export function labelNames(rows: readonly { labels: readonly string[] }[]): string[] {
  return [...new Set(rows.flatMap(({ labels }) => labels))].sort();
}

/** Which rows have the label, [n]. */
export function rowsWith(rows: readonly { labels: readonly string[] }[], label: string): boolean[] {
  return rows.map(({ labels }) => labels.includes(label));
}

/** Why rows of these classes cannot be scored; undefined where they can. */
export function unscorable(positive: readonly boolean[], split: string): string | undefined {
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (positives < NEEDED) return `${positives} of ${positive.length} rows of the split ${split} have it`;
  if (negatives < NEEDED) return `only ${negatives} of ${positive.length} rows of the split ${split} lack it`;
  return undefined;
}

/** @param reasonOf why a label cannot be scored; undefined where it can */
export function divideLabels(
  labels: readonly string[],
  reasonOf: (label: string) => string | undefined,
): DividedLabels {
  const divided: DividedLabels = { scored: [], leftOut: [] };
  for (const label of labels) {
    const reason = reasonOf(label);
    if (reason === undefined) divided.scored.push(label);
    else divided.leftOut.push({ label, reason });
  }
  return divided;
}

/** @param scores [n], higher where the label is more likely; both classes must occur twice */
export function scoreLabel(label: string, scores: Float64Array, positive: readonly boolean[]): LabelScore {
  const { value, standardError } = auroc(placements(scores, positive));
  const positives = positive.filter(Boolean).length;
  return { label, positives, negatives: positive.length - positives, auroc: value, standardError };
}

/** @param labels at least one */
export function summariseLabels(labels: LabelScore[], leftOut: LeftOutLabel[]): LabelScores {
  const macroAuroc = labels.reduce((sum, label) => sum + label.auroc, 0) / labels.length;
  return { macroAuroc, chance: 0.5, labels, leftOut };
}
