/**
 * Linear probes of a multi-label set: for each label a logistic regression on frozen features, fitted to training rows and
 * scored on held-out ones. Pure functions on host memory.
 */
import type { HostTensor } from '../core/host-tensor.js';
import { divideLabels, labelNames, rowsWith, summariseLabels, unscorable } from './label-scores.js';
import type { DividedLabels, LabelScores } from './label-scores.js';
import { probe } from './linear-probe.js';

interface LabelledRow {
  labels: readonly string[];
}
type LabelledRows = readonly LabelledRow[];

export interface FeaturesOfRows<Row extends LabelledRow = LabelledRow> {
  rows: readonly Row[];
  /** [rows, width] */
  features: HostTensor;
}

/** Labels of which the training rows have both classes, and the held-out rows two of each. */
export function probableLabels(train: LabelledRows, heldOut: LabelledRows, split: string): DividedLabels {
  return divideLabels(labelNames([...train, ...heldOut]), (label) => {
    const fitted = new Set(rowsWith(train, label));
    if (!fitted.has(true)) return 'no row that the probe is fitted to has it';
    if (!fitted.has(false)) return 'every row that the probe is fitted to has it';
    return unscorable(rowsWith(heldOut, label), split);
  });
}

/** @param labels some that `probableLabels` gives for these rows */
export function probeLabels(train: FeaturesOfRows, heldOut: FeaturesOfRows, labels: DividedLabels): LabelScores {
  const scores = labels.scored.map((label) => {
    const positive = rowsWith(heldOut.rows, label);
    const { score } = probe(
      { features: train.features, positive: rowsWith(train.rows, label) },
      { features: heldOut.features, positive },
    );
    const positives = positive.filter(Boolean).length;
    const negatives = positive.length - positives;
    return { label, positives, negatives, auroc: score.auroc, standardError: score.standardError };
  });
  return summariseLabels(scores, labels.leftOut);
}
